import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { filesOf, storeTwice } from "../../../test/support/two-phase-by-hand.ts";
import type { Tree } from "../../ports/capture.ts";
import { realCapture } from "../../testing/real-archive-repository.ts";

/** Ten of them take 2,010 bytes with their slashes. */
const step = "d".repeat(200);
const half = Array(10).fill(step).join("/");
/** With `./` and twenty steps these have 4,064 bytes and one more. */
const [longest, tooLong] = ["f".repeat(42), "g".repeat(43)];

let root = "";
const at = (...parts: string[]) => join(root, ...parts);
const tree = (exclude: string[] = []): Tree => ({ path: at("tree"), type: "directory", exclude });
const sh = (script: string) =>
  execFileSync("/bin/sh", ["-euc", script], { cwd: root, maxBuffer: 1 << 24 }).toString();

/** No system call takes the whole path, so it is put together from two halves. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stackhold-long-"));
  for (const name of ["tree", "other"]) mkdirSync(at(name, half), { recursive: true });
  for (const name of ["out", "work"]) mkdirSync(at(name));
  writeFileSync(at("tree", "a"), "a");
  for (const name of [longest, tooLong]) writeFileSync(at("other", half, name), "far down");
  mkdirSync(at("other", half, `${tooLong}+`));
  writeFileSync(at("other", half, `${tooLong}+`, "x"), "further down");
  execFileSync("setfattr", ["-n", "user.note", "-v", "kept", at("other", half, longest)]);
  renameSync(at("other", step), at("tree", half, step));
});
afterEach(() => void execFileSync("rm", ["-rf", root]));

/** All that has a path which is short enough. */
const shownOf = (directory: string) =>
  sh(`cd ${directory}; long='${"?".repeat(4065)}*'
    find . ! -path "$long" -printf '%p %m %T@ %s\\n' | sort
    find . ! -path "$long" -type f -execdir getfattr --absolute-names -n user.note {} ';' 2>&1`);

describe("paths that are longer than a system call takes", () => {
  const expected = { count: 2, first: expect.stringMatching(/^(d{200}\/){20}g{43}\+?$/) };

  it.each([
    ["with excludes", ["nothing"]],
    ["without", []],
  ])("are left out of an archive made at rest, %s, and told", async (_, exclude) => {
    const { hot } = filesOf(at("work"), "p");
    const outcome = await realCapture().archive(tree(exclude), hot);
    expect(outcome).toMatchObject({ files: 23, bytes: 9, unsteady: [], tooLong: expected });
    expect(await realCapture().inspect(hot.file)).toEqual({ files: 23, bytes: 9 });
    await realCapture().extract({ hot: hot.file }, at("out"));
    expect(shownOf("out")).toBe(shownOf("tree"));
    expect(shownOf("out")).toContain("kept");
  });

  it("are left out of both passes, also where they become too long between them", async () => {
    const stored = await storeTwice(realCapture(), tree(), at("work"), {
      stored: () => renameSync(at("tree", step), at("tree", `${step}!`)),
    });
    const { tree: frozen, unsteady } = stored.result;
    expect(unsteady).toEqual([]);
    expect(frozen).toMatchObject({ files: 22, bytes: 1, tooLong: { count: 3 } });
    const { hot, deleted, delta, listing } = stored;
    const layers = { hot, deleted, delta: delta.file, listing: listing.file };
    await realCapture().extract(layers, at("out"));
    expect(shownOf("out")).toBe(shownOf("tree"));
  });

  it("are no matter where a pattern leaves them out", async () => {
    expect(await realCapture().measure(tree(["g*"]))).toEqual({
      files: 23,
      bytes: 9,
      allocatedBytes: 9,
    });
    expect((await realCapture().measure(tree(["f*"]))).tooLong).toEqual(expected);
  });
});
