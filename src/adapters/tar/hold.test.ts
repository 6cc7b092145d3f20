import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { storeTwice } from "../../../test/support/two-phase-by-hand.ts";
import type { Tree } from "../../ports/capture.ts";
import { realCapture } from "../../testing/real-archive-repository.ts";

let root = "";
const at = (...parts: string[]) => join(root, ...parts);
const sh = (script: string) => void execFileSync("/bin/sh", ["-euc", script], { cwd: root });
const directory = (): Tree => ({ path: at("srv/data"), type: "directory", exclude: [] });
const file = (): Tree => ({ path: at("srv/data/file"), type: "file", exclude: [] });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stackhold-hold-"));
  for (const name of ["srv/data", "other/data", "work"]) mkdirSync(at(name), { recursive: true });
  writeFileSync(at("srv/data/file"), "planned");
  writeFileSync(at("other/data/file"), "of somebody else");
});
afterEach(() => rmSync(root, { recursive: true }));

const replacements: [string, string, () => Tree][] = [
  ["a directory that became a link", "mv srv/data away; ln -s ../other/data srv/data", directory],
  ["a directory above which one became a link", "mv srv away; ln -s other srv", directory],
  ["a file that became a link", "ln -sf ../../other/data/file srv/data/file", file],
  ["a file whose directory became a link", "mv srv/data away; ln -s ../other/data srv", file],
];

describe.each(replacements)("%s", (_, script, tree) => {
  const refusal = { code: "SOURCE_UNREADABLE", message: expect.stringContaining("was replaced") };

  it("is not followed when it is stored at rest", async () => {
    sh(script);
    const target = { file: at("work/x.tar"), compression: "none", level: 1 } as const;
    for (const exclude of [[], ["nothing"]]) {
      const work = realCapture().archive({ ...tree(), exclude }, target);
      await expect(work).rejects.toMatchObject(refusal);
      expect(readdirSync(at("work"))).toEqual([]);
    }
  });

  it("is not followed before a hot pass, nor passed over after it", async () => {
    const work = storeTwice(realCapture(), tree(), at("work"), { stored: () => sh(script) });
    await expect(work).rejects.toMatchObject(refusal);
    expect(existsSync(at("work/spool"))).toBe(false);
    await expect(realCapture().twoPhase(tree(), at("work/spool"))).rejects.toMatchObject(refusal);
  });
});

it("stores no directory in two passes that another one took the place of", async () => {
  const script = "mv srv/data away; mkdir srv/data";
  const work = storeTwice(realCapture(), directory(), at("work"), { stored: () => sh(script) });
  await expect(work).rejects.toThrow("leads to another directory now");
});

describe("a mount that is held: wants root, to mount", () => {
  it("is read although it is unmounted, and is refused where there is none", async () => {
    const capture = realCapture();
    const tree = directory();
    await expect(capture.holdMount(tree.path)).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });
    sh("mount -t tmpfs none srv/data; echo mounted > srv/data/inside");
    expect(await capture.probe(tree.path)).toMatchObject({ isMountPoint: true });
    const target = { file: at("work/x.tar"), compression: "none", level: 1 } as const;
    const release = await capture.holdMount(tree.path);
    sh("umount --lazy srv/data");
    await capture.archive(tree, target);
    expect(execFileSync("tar", ["-tf", target.file], { encoding: "utf8" })).toBe("./\n./inside\n");
    await release[Symbol.asyncDispose]();
    expect(await capture.measure(tree)).toMatchObject({ files: 2, bytes: "planned".length });
  });
});
