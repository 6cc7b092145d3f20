import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compressions } from "../../../src/domain/manifest.ts";
import type { Layers, Tree } from "../../../src/ports/capture.ts";
import { realCapture } from "../../../src/testing/real-archive-repository.ts";
import { describeTree, treeDifferences } from "../../fixtures/odd-tree/describe-tree.ts";
import { makeOddTree } from "../../fixtures/odd-tree/make-odd-tree.ts";
import { type Moments, type StoredTwice, storeTwice } from "../../support/two-phase-by-hand.ts";

const capture = realCapture();
let root = "";
beforeEach(() => {
  // Two passes are for local file systems: /tmp may be another.
  root = mkdtempSync(join(tmpdir(), "stackhold-passes-"));
  mkdirSync(join(root, "out"));
});
afterEach(() => rmSync(root, { recursive: true }));
const at = (...parts: string[]) => join(root, ...parts);
const within = (path: string, script: string) =>
  void execFileSync("/bin/sh", ["-euc", script], { cwd: path });

function layersOf({
  hot,
  delta,
  deleted,
  listing,
  result: { delta: copied },
}: StoredTwice): Layers {
  const gone = execFileSync("sh", ["-c", 'test ! -e "$1" || echo yes', "sh", deleted]).toString();
  return {
    hot,
    listing: listing.file,
    ...(gone === "" ? {} : { deleted }),
    ...(copied.files === 0 ? {} : { delta: delta.file }),
  };
}

const tree = (): Tree => ({ path: at("tree"), type: "directory", exclude: [] });

const early = `
  mkdir -p early/er; echo e > early/er/e; rm 'dir/large'; mv acl 'acl moved'; mkdir acl
  ln -s /etc 'level link'; touch 'names/new'`;
const late = `
  echo more >> text; mv 'dir/inner' 'dir/inner moved'; rm 'hard link of a link'
  ln setuid 'another name'; rm 'link to a directory'; mkdir 'link to a directory'
  rm -r 'empty directory'; ln -s ../outside 'empty directory'; rm -r early; echo f > early
  rm -r level-0-*/level-1-*/level-2-*; rm fifo; truncate -s 30000000 sparse; chmod 751 sticky
  setfattr -x user.dir dir; setfattr -x user.root .; setfacl -b 'acl moved'; setfacl -k 'acl moved'
  rm names/-leading-dash 'names/*?[a]{b,c}'; mv names/new names/newer; touch -d @-7.25 'acl moved/sub' .`;

describe.skipIf(process.getuid?.() !== 0)("an odd tree that is stored in two passes", () => {
  it.each(compressions)("comes back as it was at the freeze (%s)", async (compression) => {
    await makeOddTree(at("tree"));
    const moments: Moments = {
      listed: () => within(at("tree"), early),
      stored: () => within(at("tree"), late),
    };
    const stored = await storeTwice(capture, tree(), at("work"), moments, compression);
    const warnings: string[] = [];
    const onWarning = (text: string) => warnings.push(text);
    await capture.extract(layersOf(stored), at("out"), { onWarning });
    expect(treeDifferences(describeTree(at("tree")), describeTree(at("out")))).toEqual([]);
    expect(warnings).toEqual([]);
    const { bytes, files } = stored.result.tree;
    expect(await capture.inspectListing(stored.listing.file)).toEqual({ bytes, files });
  });

  it("comes back when nothing changed, and without what is excluded", async () => {
    await makeOddTree(at("tree"));
    const some = { ...tree(), exclude: ["/dir/large", "names/"] };
    const stored = await storeTwice(capture, some, at("work"));
    await capture.extract(layersOf(stored), at("out"));
    within(at("tree"), "touch -r dir ../dir; touch -r . ../root; rm -r dir/large names");
    within(at("tree"), "touch -r ../dir dir; touch -r ../root .");
    expect(treeDifferences(describeTree(at("tree")), describeTree(at("out")))).toEqual([]);
  });

  it("keeps single files apart from their directory", async () => {
    mkdirSync(at("tree"));
    writeFileSync(at("tree", "one file"), "before");
    writeFileSync(at("tree", "other"), "other");
    const file: Tree = { path: at("tree", "one file"), type: "file", exclude: [] };
    const change = () =>
      within(at("tree"), "echo after > 'one file'; touch -d @5.000000005 'one file'");
    const stored = await storeTwice(capture, file, at("work"), { stored: change });
    await capture.extract(layersOf(stored), at("out"));
    within(root, "cmp 'tree/one file' 'out/one file'; test ! -e out/other");
    const times = execFileSync("stat", ["-c", "%.9Y", at("out", "one file")]).toString();
    expect(times).toBe("5.000000005\n");
  });
});
