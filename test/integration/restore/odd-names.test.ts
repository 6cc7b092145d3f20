import { existsSync } from "node:fs";
import { unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack } from "../../bed/compose.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { createWorkspace } from "../../support/workspace.ts";

describeWithEngine("a missing project file whose name is not UTF-8", () => {
  it("is named, and comes back with the project", async () => {
    const files = { "compose.yaml": hostComposeFile({ app: service() }), "plain.txt": "plain\n" };
    await using stack = await createStack(bedEngine(), { files });
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    const odd = Buffer.concat([Buffer.from(`${stack.dir}/caf`), Buffer.from([0xe9])]);
    await writeFile(odd, "odd\n");
    await stack.up();
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    await unlink(odd);
    await unlink(join(stack.dir, "plain.txt"));

    const restored = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
    expect(restored.json()).toMatchObject({ status: "warning", running: true });
    expect(restored.json().warnings).toEqual([
      expect.stringMatching(/^caf\uFFFD is missing and was not put back/),
    ]);
    expect(existsSync(join(stack.dir, "plain.txt"))).toBe(true);
    expect(existsSync(odd)).toBe(false);

    const all = ["restore", stack.name, "--yes", "--with-project", "--json"];
    expectExit(await work.stackhold(all), 0);
    expect(existsSync(odd)).toBe(true);
  });
});
