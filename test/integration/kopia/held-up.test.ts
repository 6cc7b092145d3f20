import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRunner } from "../../../src/exec/runner.ts";
import type { Repository } from "../../../src/ports/repository.ts";
import { aManifest } from "../../../src/testing/manifest.ts";
import { installKopia } from "../../bed/kopia.ts";
import { describeTree, treeDifferences } from "../../fixtures/odd-tree/describe-tree.ts";
import { type FakePrograms, fakePrograms } from "../../support/fake-programs.ts";
import { filesystemSettings, openKopia } from "../../support/real-kopia-repository.ts";

const ref = { host: "web01", unit: "unit", backupId: "2026-01-01T00-00-00Z" };
const part = { kind: "volume", name: "data" } as const;
const replacements = {
  "a FIFO": "mkfifo",
  "a link to a device without end": "ln -s /dev/zero",
};

let root = "";
let tree = "";
let programs: FakePrograms;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stackhold-held-up-"));
  tree = join(root, "tree");
  mkdirSync(join(tree, "d"), { recursive: true });
  writeFileSync(join(tree, "d", "file"), "a file");
  writeFileSync(join(tree, "other"), "another one");
});
afterEach(async () => {
  await programs[Symbol.asyncDispose]();
  rmSync(root, { recursive: true });
});

/**
 * A repository whose Kopia, so many times, opens a file of the tree that was a file when it was listed, and is none any more; from then
 * on it is Kopia itself.
 */
async function repository(replace: string, times: number): Promise<Repository> {
  const [calls, file] = [join(root, "calls"), join(tree, "d", "file")];
  const kopia = await installKopia();
  programs = await fakePrograms({
    kopia: `case " $* " in *" snapshot create ${tree} "*)
  echo >> ${calls}
  if [ $(wc -l < ${calls}) -le ${times} ]; then
    rm -f ${file}
    ${replace} ${file}
    exec 7< ${file}
    exec cat <&7 > /dev/null
  fi ;;
esac
exec ${kopia} "$@"`,
  });
  const environment = { PATH: programs.path };
  const runner = createRunner({ environment, monotonic: () => performance.now() });
  mkdirSync(join(root, "storage"), { mode: 0o700 });
  const opened = await openKopia(await filesystemSettings(root), runner);
  await opened.open();
  return opened;
}

const calls = () => readFileSync(join(root, "calls"), "utf8").length;

describe.each(Object.entries(replacements))("%s that takes a file's place", (what, replace) => {
  it("while Kopia reads does not keep a backup waiting, and comes back", async () => {
    const kept = await repository(replace, 1);
    const writer = await kept.begin(ref);
    const source = { path: tree, type: "directory", exclude: [] } as const;
    const pending = await writer.store({ ...part, source: tree, tree: source }, {});
    await writer.publish(aManifest(ref, [await pending.settle()]));
    expect(calls()).toBe(2);
    const target = join(root, "target");
    mkdirSync(target);
    await (await kept.read(ref)).extract(part, target, {});
    expect(treeDifferences(describeTree(tree), describeTree(target))).toEqual([]);
    expect(execFileSync("stat", ["-c", "%F", join(target, "d", "file")]).toString()).toMatch(
      what === "a FIFO" ? /fifo/ : /link/,
    );
  });
});

describe("what takes a file's place again and again", () => {
  it("while Kopia reads fails the backup, by the name of what cannot be read", async () => {
    const kept = await repository("mkfifo", 9);
    const writer = await kept.begin(ref);
    const source = { path: tree, type: "directory", exclude: [] } as const;
    const storing = writer.store({ ...part, source: tree, tree: source }, {});
    await expect(storing).rejects.toMatchObject({
      code: "BACKUP_FAILED",
      message: `${tree} cannot be read`,
    });
    expect(calls()).toBe(3);
    await writer.discard();
  });
});
