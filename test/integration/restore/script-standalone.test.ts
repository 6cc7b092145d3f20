import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { byHand, expectDone } from "../../support/by-hand.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { type Inspection, loneContainers } from "../../support/lone-containers.ts";
import { createWorkspace } from "../../support/workspace.ts";

const subnet = `10.214.${process.pid % 200}`;

describeWithEngine("restore --script of a standalone container", () => {
  it("brings the data of one that is gone back, and says how it is made", async () => {
    const engine = bedEngine();
    const name = `byhand${process.pid}`;
    await using lone = loneContainers([name]);
    const { docker } = lone;
    await docker("network", "create", "--subnet", `${subnet}.0/24`, name);
    await using work = await createWorkspace(engine);
    const bind = join(work.root, "bind");
    mkdirSync(bind);
    await lone.make("run", name, [
      ...["--network", name, "--ip", `${subnet}.77`, "--memory", "96m", "--init"],
      ...["-v", `${name}-data:/data`, "-v", "/anonymous", "-v", `${bind}:/bind`],
    ]);
    const place = (destination: string) => lone.place(name, destination);
    const destinations = ["/data", "/anonymous", "/bind"];
    for (const destination of destinations) {
      await writeFile(join(await place(destination), "mine"), `of ${destination}\n`);
    }
    expect([0, 3]).toContain((await work.stackhold(["backup", name, "--json"])).code);
    await lone.lose([name], [`${name}-data`]);
    writeFileSync(join(bind, "mine"), "later\n");

    const target = join(work.root, "scripts");
    const written = await work.stackhold(["restore", name, "--script", target]);
    expectExit(written, 0);
    expect(written.stdout).toContain("containers.txt says how");
    const restored = byHand(join(target, "restore.sh"), engine);
    expect(restored.status).toBe(1);
    expect(restored.stderr).toContain(`\nthe data is in place\nerror: ${name} is missing`);

    const hints = readFileSync(join(target, "containers.txt"), "utf8");
    const [made = ""] = hints.slice(hints.indexOf("docker create ")).split("\n\n");
    writeFileSync(join(target, "make.sh"), made);
    expectDone(byHand(join(target, "make.sh"), engine));
    expectDone(byHand(join(target, "up.sh"), engine));
    for (const destination of destinations) {
      const text = readFileSync(join(await place(destination), "mine"), "utf8");
      expect(text).toBe(`of ${destination}\n`);
    }
    const [{ State, HostConfig, NetworkSettings, Mounts }] = await lone.inspect(name);
    expect({ State, HostConfig, NetworkSettings }).toMatchObject({
      State: { Running: true },
      HostConfig: { Memory: 96 * 1024 * 1024 },
      NetworkSettings: { Networks: { [name]: { IPAddress: `${subnet}.77` } } },
    });
    // It is named in the command, so that nothing takes it for an anonymous one any more.
    const anonymous = Mounts.find((mount: Inspection) => mount.Destination === "/anonymous");
    await docker("rm", "-f", name);
    await docker("volume", "rm", anonymous.Name);
  });
});
