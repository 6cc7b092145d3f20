import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack } from "../../bed/compose.ts";
import { loopFileSystem } from "../../bed/loop-file-system.ts";
import { run } from "../../bed/run.ts";
import { describeTree } from "../../fixtures/odd-tree/describe-tree.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { createWorkspace } from "../../support/workspace.ts";

async function mounted(from: string, at: string): Promise<AsyncDisposable> {
  await run(["mount", "--bind", from, at]);
  return { [Symbol.asyncDispose]: async () => void (await run(["umount", at])) };
}

const withoutPlace = (tree: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(tree).filter(([name]) => !name.includes(".stackhold-safety")));

describeWithEngine("data of a project that is a mount point of its own", () => {
  it("is restored in place while the project directory stays, by moving its children", async () => {
    const app = service({ volumes: ["./data:/data"] });
    const files = { "compose.yaml": hostComposeFile({ app }), "data/.keep": "" };
    await using disk = await loopFileSystem("ext4");
    await using stack = await createStack(bedEngine(), { files });
    const data = join(stack.dir, "data");
    await using _mount = await mounted(disk.path, data);
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await mkdir(join(data, "deep"), { mode: 0o750 });
    await writeFile(join(data, "deep/file"), "first\n", { mode: 0o640 });
    await writeFile(join(data, "deep/large"), Buffer.alloc(200_000, 1));
    await run(["setfattr", "-n", "user.note", "-v", "kept", join(data, "deep/file")]);
    await run(["ln", join(data, "deep/file"), join(data, "name")]);
    const [before, inode] = [withoutPlace(describeTree(data)), (await stat(data)).ino];
    await stack.up();
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    await writeFile(join(data, "deep/file"), "second\n");
    await writeFile(join(data, "added"), "more\n");

    const refused = await work.stackhold([
      ...["restore", stack.name, "--yes", "--with-project", "--json"],
    ]);
    expectExit(refused, 1);
    expect(refused.json().error.message).toContain(`mounted inside it, at ${data}`);
    expect(refused.json().error.hint).not.toContain("unmount");

    const restored = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
    expectExit(restored, 0);
    expect(withoutPlace(describeTree(data))).toEqual(before);
    expect((await stat(data)).ino).toBe(inode);
    const [copy] = restored.json().safetyCopy;
    expect((await readdir(copy)).sort()).toEqual(["added", "deep", "name"]);
    expect(await readFile(join(copy, "deep/file"), "utf8")).toBe("second\n");
    expect((await stack.exec("app", ["cat", "/data/name"])).stdout).toBe("first\n");

    await run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", data]);
    const full = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
    await run(["umount", data]);
    expectExit(full, 1);
    expect(full.json().error.message).toContain(
      `${data} has 65.5 kB free, this point needs 200 kB`,
    );
  });
});
