import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack } from "../../bed/compose.ts";
import { ofData } from "../../support/archives.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { createWorkspace } from "../../support/workspace.ts";

const boundTo = (device: string) => ({ driver_opts: { type: "none", o: "bind", device } });

describeWithEngine("a volume that is a host directory by another name", () => {
  it("is stored and restored in place where a bind of it is", async () => {
    const device = await mkdtemp(join(tmpdir(), "stackhold-device-"));
    const app = service({ volumes: ["data:/data", "root:/host:ro", "ssl:/ssl:ro"] });
    const volumes = { data: boundTo(device), root: boundTo("/"), ssl: boundTo("/etc/ssl") };
    const files = { "compose.yaml": hostComposeFile({ app }, volumes) };
    await using stack = await createStack(bedEngine(), { files });
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await writeFile(join(device, "file"), "first\n");
    await stack.up();

    const done = await work.stackhold(["backup", stack.name, "--json"]);
    expectExit(done, 3);
    const [unit] = done.json().units;
    const stored: { kind: string; name: string }[] = unit.parts;
    const names = ofData(stored).map(({ kind, name }) => kind + name);
    expect(names).toEqual(["project", "volumedata"]);
    expect(unit.coverage.excluded).toContainEqual({
      what: "volume:ssl",
      rule: "host: belongs to the machine, not to the unit",
    });
    expect(unit.coverage.gaps).toMatchObject([{ what: "volume:root" }]);

    await writeFile(join(device, "file"), "second\n");
    expectExit(await work.stackhold(["restore", stack.name, "--yes", "--json"]), 0);
    expect(await readFile(join(device, "file"), "utf8")).toBe("first\n");

    await writeFile(join(device, "file"), "third\n");
    await stack.down("-v");
    const anew = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
    expectExit(anew, 0);
    expect(await readFile(join(device, "file"), "utf8")).toBe("first\n");
    const copies: string[] = anew.json().safetyCopy;
    const kept = copies.map((copy) => readFile(join(copy, "file"), "utf8"));
    expect(await Promise.all(kept)).toEqual(["third\n"]);
    await rm(device, { recursive: true, force: true });
  });

  it("is never replaced where it has become a place of the machine's own", async () => {
    const app = service({ volumes: ["data:/data"] });
    const files = { "compose.yaml": hostComposeFile({ app }, { data: {} }) };
    await using stack = await createStack(bedEngine(), { files });
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await stack.up();
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    await stack.down("-v");
    const moved = hostComposeFile({ app }, { data: boundTo("/etc/ssl") });
    await writeFile(join(stack.dir, "compose.yaml"), moved);

    await stack.compose(["create"]);
    const refused = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
    expectExit(refused, 1);
    expect(refused.json().error.message).toBe(
      "volume:data cannot be restored to /etc/ssl: it belongs to the machine, not to the unit",
    );
    const planned = await work.stackhold(["restore", stack.name, "--dry-run", "--json"]);
    expectExit(planned, 1);
    expect(planned.json().error).toEqual(refused.json().error);
  });
});
