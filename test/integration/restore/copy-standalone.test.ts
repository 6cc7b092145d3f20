import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { freePort } from "../../support/free-port.ts";
import { loneContainers } from "../../support/lone-containers.ts";
import { createWorkspace } from "../../support/workspace.ts";

const number = process.pid % 200;

describeWithEngine("a copy of a standalone container", () => {
  it("has data, ports and a name of its own beside the original", async () => {
    const base = `twin${process.pid}`;
    const [name, copy, data] = [`${base}-app`, `${base}-copy`, `${base}-data`];
    const directory = await mkdtemp(join(tmpdir(), "stackhold-twin-"));
    await using lone = loneContainers([base]);
    await using work = await createWorkspace(bedEngine());
    const { docker, make } = lone;
    await docker("network", "create", "--subnet", `10.214.${number}.0/24`, base);
    await docker("volume", "create", "--label", "of=app", data);
    await make("create", `${base}-lender`, ["--network", "none", "-v", "/lent"]);
    await mkdir(join(directory, "site"));
    await writeFile(join(directory, "site/index"), "site\n");
    const port = await freePort();
    await make("run", name, [
      ...["--network", base, "--ip", `10.214.${number}.77`, "--network-alias", "shop", "--init"],
      ...["-v", `${data}:/data`, "-v", "/own", "-v", `${join(directory, "site")}:/site:ro`],
      ...["-p", `127.0.0.1:${port}:80`, "--volumes-from", `${base}-lender`, "-e", "A=b"],
    ]);
    const at = async (container: string, place: string) =>
      join(await lone.place(container, place), "mine");
    for (const place of ["/data", "/own", "/lent"])
      await writeFile(await at(name, place), "first\n");
    const stored = await work.stackhold(["backup", name, "--json"]);
    expect([0, 3], stored.stdout).toContain(stored.code);
    for (const place of ["/data", "/own", "/lent"])
      await writeFile(await at(name, place), "second\n");
    const [before] = await lone.inspect(name);

    const restore = (...more: string[]) =>
      work.stackhold(["restore", name, "--to", `project:${copy}`, "--json", ...more]);
    const dry = await restore("--dry-run");
    expect(dry.json().actions).toEqual(
      expect.arrayContaining([`create volume ${copy}_${data}`, `start ${copy}`]),
    );
    expect(await lone.isThere("container", copy)).toBe(false);
    const done = await restore();
    expectExit(done, 3);
    expect(done.json().warnings).toEqual([
      `${copy} reads the volumes of the container ${base}-lender and cannot write them`,
      expect.stringContaining("is not copied"),
    ]);
    expect(done.json().copy.ports).toEqual([
      { container: copy, port: "80/tcp", published: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
    ]);
    const texts = await Promise.all(
      ["/data", "/own", "/lent"].map(async (place) => readFile(await at(copy, place), "utf8")),
    );
    expect(texts).toEqual(["first\n", "first\n", "second\n"]);
    expect(await readFile(join(`${directory}/site-${copy}`, "index"), "utf8")).toBe("site\n");
    const [after, made] = await lone.inspect(name, copy);
    expect([after.Id, after.State]).toEqual([before.Id, before.State]);
    expect(made.State.Running).toBe(true);
    expect(made.Config.Env).toContain("A=b");
    expect(made.NetworkSettings.Networks[base].IPAMConfig?.IPv4Address).toBeUndefined();
    expect(made.HostConfig.Binds).toContain(`${directory}/site-${copy}:/site:ro`);

    const again = await restore();
    expectExit(again, 2);
    expect(again.json().error.message).toContain(
      `the container ${copy}, the volume ${copy}_${data}`,
    );
    await lone.lose([copy], [`${copy}_${data}`]);
    await rm(directory, { recursive: true });
  });

  it("is removed again with all that it had where it does not come up", async () => {
    const name = `ill${process.pid}`;
    await using lone = loneContainers();
    await using work = await createWorkspace(bedEngine(), {
      config: { backup: { start_timeout: 1 } },
    });
    await lone.make("run", name, [
      ...["--network", "none", "--init", "-v", `${name}-data:/data`],
      ...[
        "--health-cmd",
        "test ! -e /data/ill",
        "--health-interval",
        "300ms",
        "--health-retries",
        "1",
      ],
    ]);
    await writeFile(join(await lone.place(name, "/data"), "ill"), "");
    const stored = await work.stackhold(["backup", name, "--json"]);
    expect([0, 3, 4], stored.stdout).toContain(stored.code);
    const copy = `${name}c`;
    const done = await work.stackhold(["restore", name, "--to", `project:${copy}`, "--json"]);
    expectExit(done, 1);
    expect(done.json().error.message).toContain(`${copy} was restored but is not ready`);
    expect(await lone.isThere("container", copy)).toBe(false);
    expect(await lone.isThere("volume", `${copy}_${name}-data`)).toBe(false);
    expect(existsSync(await lone.place(name, "/data"))).toBe(true);
  });
});
