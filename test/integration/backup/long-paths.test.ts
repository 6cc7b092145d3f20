import { mkdir, mkdtemp, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { newestManifest } from "../../support/newest-manifest.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { stackAtWork } from "../../support/stack-at-work.ts";

const half = Array(11).fill("d".repeat(200)).join("/");

/** No system call takes the whole path, so it is put together from two halves. */
async function farDown() {
  const root = await mkdtemp(join(tmpdir(), "stackhold-outside-"));
  for (const name of ["data", "other"]) await mkdir(join(root, name, half), { recursive: true });
  await writeFile(join(root, "data/near"), "near");
  await rename(join(root, "other"), join(root, "data", half, "other"));
  return {
    data: join(root, "data"),
    [Symbol.asyncDispose]: async () => void (await run(["rm", "-rf", root])),
  };
}

describeWithEngine("paths that are too long to be restored", () => {
  it("are a gap that is told once, and keep nothing else from being restored", async () => {
    await using deep = await farDown();
    const app = service({ volumes: [`${deep.data}:/data`] });
    await using at = await stackAtWork(hostComposeFile({ app }));
    const { name } = at.stack;
    const what = `long paths in bind:${deep.data}`;
    const gap = { what, why: expect.stringMatching(/^1 entry .* begins with d{200}$/) };

    const preview = await at.workspace.stackhold(["dry-run", name, "--json"]);
    expect(preview.json().units[0].coverage.gaps).toEqual([{ ...gap, new: true }]);
    for (const [index, freeze] of ["two-phase", "none"].entries()) {
      const done = await at.workspace.stackhold(["backup", name, "--freeze", freeze, "--json"]);
      expectExit(done, index === 0 ? 3 : 0);
      expect(newestManifest(at.workspace, name).coverage.gaps).toEqual([
        { ...gap, new: index === 0 },
      ]);
      const target = join(at.workspace.root, freeze);
      const restore = ["restore", name, "--to", `directory:${target}`];
      expectExit(await at.workspace.stackhold(restore), 0);
      const place = join(target, `bind-${deep.data.replaceAll("/", "%2F")}`);
      const { stdout } = await run(["find", place, "-mindepth", "1", "-printf", "%d %f\n"]);
      expect(stdout).toContain("1 near\n");
      expect(stdout.split("\n").filter(Boolean)).toHaveLength(22);
      await run(["rm", "-rf", target]);
    }
    const strict = await at.workspace.stackhold(["backup", name, "--strict", "--json"]);
    expectExit(strict, 1);
    expect(strict.json().units[0]).toMatchObject({ downtimeMs: 0, coverage: { gaps: [gap] } });

    const restored = await at.workspace.stackhold(["restore", name, "--yes", "--json"]);
    expectExit(restored, 3);
    expect(restored.json().warnings).toEqual([
      expect.stringMatching(/now in the safety copy .*: 1 entry whose paths are too long$/),
    ]);
  });
});
