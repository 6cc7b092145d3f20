import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { describeTree, treeDifferences } from "../../../../test/fixtures/odd-tree/describe-tree.ts";
import { makeOddTree } from "../../../../test/fixtures/odd-tree/make-odd-tree.ts";
import { applyByHand, storeTwice } from "../../../../test/support/two-phase-by-hand.ts";
import { tickSeconds } from "../../../domain/two-phase/racy.ts";
import { createRunner } from "../../../exec/runner.ts";
import { createTarCapture } from "../tar-capture.ts";

/** Wants root, to compare owners and attributes, and a file system that two passes are sound on. */
const capture = createTarCapture({
  // So small that trees of a few entries are divided and have unchanged stretches.
  pace: { portions: 3, least: 2, directory: 2, stretch: 3 },
  runner: createRunner({
    environment: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    monotonic: () => performance.now(),
  }),
});

interface History {
  /** Makes the tree, in it. */
  readonly made: string;
  /** Between the first listing and the hot pass, which a shell in the tree stands for here. */
  readonly listed?: string;
  /** Between the hot pass and the freeze. */
  readonly stored?: string;
  /** What the delta holds, where it matters that it holds no more. */
  readonly delta?: readonly string[];
  readonly deleted?: readonly string[];
  readonly exclude?: readonly string[];
}

/** Two directories whose files differ in nothing but content and inode. */
const twins = `mkdir p q; echo one > p/x; echo two > q/x; touch -d 2020-01-01 p/x q/x`;
const swap = "mv p t; mv q p; mv t q";
/** A change of their content after the renames makes the directories look like any others. */
const disguise = "touch p/new q/new";

const histories: Record<string, History> = {
  "nothing changes": { made: "mkdir d; echo a > d/a; ln d/a b", delta: [], deleted: [] },
  "a file grows": {
    made: "mkdir -p d/e; echo a > d/e/a; echo b > d/b",
    stored: "echo more >> d/e/a",
    delta: ["./", "./d/", "./d/e/", "./d/e/a"],
    deleted: [],
  },
  "only a mode changes": {
    made: "echo a > a; touch b",
    stored: "chmod 4711 a",
    delta: ["./", "./a"],
  },
  "only an attribute changes": { made: "echo a > a", stored: "setfattr -n user.x -v y a" },
  "a directory above others becomes a symbolic link to where it went": {
    made: "mkdir -p d/e/f d/g; touch d/e/f/1 d/e/f/2 d/e/3 d/g/4 d/g/5; mkdir p q; touch p/1 q/1",
    stored: "mv d t; ln -s t d",
  },
  "a directory above others becomes a file, one becomes a symbolic link, one goes, one comes": {
    made: "mkdir -p d/e/f g h i; touch d/e/f/1 d/e/f/2 d/e/3 g/4 g/5 h/6 h/7 h/8 i/9 i/10",
    stored: "rm -r d h; echo d > d; mv g k; ln -s k g; mkdir h l; touch l/1 l/2 l/3",
  },
  "everything else changes than a few neighbours": {
    made: "mkdir -p d/e/f d/g; for n in 1 2 3 4 5 6 7 8 9; do touch d/$n d/e/$n d/e/f/$n d/g/$n; done",
    stored: "echo x | tee d/1 d/e/2 d/e/f/3 > d/g/4; rm d/5 d/e/6; touch d/a d/g/b",
  },
  "a file is rewritten with equal size and its time restored": {
    made: "echo old > a; touch -d 2020-01-01 a; echo b > b",
    stored: "echo new > a; touch -d 2020-01-01 a",
    delta: ["./", "./a"],
  },
  "a file is replaced by one with equal size and time": {
    made: "echo old > a; echo new > b; touch -d 2020-01-01 a b",
    stored: "mv b a",
    deleted: ["./b"],
  },
  "a directory keeps its time though its content changes": {
    made: "mkdir -p d; echo a > d/a; echo b > d/b; touch -d 2020-01-01 d",
    stored: "echo more >> d/a",
    delta: ["./", "./d/", "./d/a"],
  },
  "a file vanishes before it is stored": {
    made: "echo a > a; mkdir d; echo b > d/b",
    listed: "rm a; rm -r d",
  },
  "a file appears and another goes": {
    made: "echo a > a; echo b > b",
    stored: "rm a; echo c > c",
    delta: ["./", "./c"],
    deleted: ["./a"],
  },
  "a directory goes, and its neighbours by name stay": {
    made: "mkdir -p a/b/c a-b a.b; touch a/x a/b/c/y a-b/z a.b/z 'a b'",
    stored: "rm -r a a-b",
    deleted: ["./a", "./a-b"],
  },
  "types change": {
    made: `mkdir dir-file dir-link dir-fifo; touch dir-file/x dir-link/x; touch file-dir file-link
           ln -s t link-dir; ln -s t link-file; mkfifo fifo-file; mkdir t; echo safe > t/x`,
    stored: `rm -r dir-file dir-link dir-fifo; echo f > dir-file; ln -s t dir-link; mkfifo dir-fifo
             rm file-dir file-link link-dir link-file fifo-file; mkdir file-dir link-dir
             touch file-dir/x link-dir/x; ln -s t file-link; echo f > link-file; echo f > fifo-file`,
  },
  "types change while it is stored, and back again": {
    made: `mkdir p q; echo one > p/x; echo two > q/x; echo three > f; ln -s q l
           touch -d 2020-01-01 p/x q/x`,
    listed: "mv p p2; ln -s q p; mv f f2; mkdir f; mv l l2; touch l",
    stored: "rm p l; rmdir f; mv p2 p; mv f2 f; mv l2 l; touch p/new",
  },
  "a directory is a link to another while it is stored": {
    made: `mkdir p q r z; echo one > z/x; echo two > q/x; echo gone > z/gone; echo three > q/kept
           ln q/kept r/other; touch q/z; ln q/z z/z; touch -d 2020-01-01 */*`,
    listed: "mv z z2; ln -s q z; echo stray > q/gone",
    stored: "rm z q/gone; mv z2 z; touch z/new",
  },
  "a directory is an absolute link to another while it is stored": {
    made: "mkdir p q; echo one > p/x; echo two > q/x; touch -d 2020-01-01 p/x q/x",
    listed: 'mv p p2; ln -s "$PWD/q" p',
    stored: "rm p; mv p2 p; touch p/new",
  },
  "a directory is a file while it is stored": {
    made: "mkdir p; echo one > p/x",
    listed: "mv p p2; echo file > p",
    stored: "rm p; mv p2 p; touch p/new",
    deleted: ["./p"],
  },
  "a directory is away while it is stored": {
    made: "mkdir p q; echo one > p/x; echo two > q/y",
    listed: "mv p away",
    stored: `mv away p; ${disguise}`,
    delta: ["./", "./p/", "./p/new", "./p/x", "./q/", "./q/new", "./q/y"],
  },
  "directories change places while they are stored": { made: twins, listed: swap, stored: swap },
  "directories change places, gain a file, and change back": {
    made: twins,
    listed: `${swap}; ${disguise}`,
    stored: swap,
  },
  "directories whose files differ in size change places while they are stored": {
    made: "mkdir p q; echo one > p/x; echo three > q/x; touch -d 2020-01-01 p/x q/x",
    listed: swap,
    stored: `${swap}; ${disguise}`,
  },
  "directories whose files differ in time change places while they are stored": {
    made: "mkdir p q; echo one > p/x; echo two > q/x; touch -d 2020-01-01 p/x",
    listed: swap,
    stored: `${swap}; ${disguise}`,
  },
  "a directory above is moved while it is stored": {
    made: `mkdir -p a/p a/q; echo one > a/p/x; echo two > a/q/x; mkdir b; cp -a a/. b
           echo ONE > b/p/x; touch -d 2020-01-01 a/*/x b/*/x`,
    listed: "mv a t; mv b a; mv t b",
    stored: "mv a t; mv b a; mv t b",
  },
  "a busy directory below an unmoved parent": {
    made: "mkdir -p d/e; echo a > d/e/a; echo b > d/e/b",
    stored: "chmod 700 d/e",
    delta: ["./", "./d/", "./d/e/"],
  },
  "a link is stored as a link to a name that is another file": {
    made: `${twins}; mkdir z; ln p/x z/g; ln q/x z/h`,
    listed: swap,
    stored: `${swap}; ${disguise}`,
  },
  "one name of a file is away while it is stored": {
    made: "echo one > a; mkdir z q; ln a z/g; ln a b; echo other > c; ln c z/d",
    listed: "mv z away",
    stored: "mv away z; touch z/new",
  },
  "names of files come, go and change owners": {
    made: "echo one > a; ln a b; ln a c; echo two > d; ln d e; ln d f",
    stored: "rm b; ln c g; rm e; ln a e; ln -f d c",
  },
  "links to FIFOs aside, special files change": {
    made: "mkfifo a; mknod b c 1 3; ln -s x l",
    stored: "rm b; mknod b c 1 5; chmod 600 a; ln -sfn y l",
  },
  "a sparse file changes": {
    made: "truncate -s 50M s; truncate -s 20M t; printf a | dd of=t bs=1 seek=9000000 conv=notrunc",
    stored: "printf b | dd of=s bs=1 seek=30000000 conv=notrunc; truncate -s 40M t",
  },
  "odd names change": {
    made: `touch -- -n '*' 'a\\b' 'x -> y' 'x link to y' ' '; printf a > "$(printf 'new\\nline')"
           mkdir "$(printf '\\377')"; touch "$(printf '\\377')/$(printf 'a\\200b')"; ln -s t 'x'`,
    stored: `for f in ./* ; do [ -d "$f" ] || [ -h "$f" ] || echo more >> "$f"; done
             rm ./-n ./x; rm "$(printf '\\377')/$(printf 'a\\200b')"`,
  },
  "excluded names come and go": {
    made: "mkdir cache d; touch cache/a d/x.log d/keep",
    stored:
      "touch cache/b d/y.log; rm d/x.log; mkdir d/.stackhold-safety; touch d/.stackhold-safety/x",
    exclude: ["cache/", "*.log"],
    delta: ["./", "./d/"],
    deleted: [],
  },
  "times before 1970 and far ahead": {
    made: "touch a b; touch -d '1965-01-01 00:00:00.25 UTC' a; touch -d '2300-01-01 UTC' b",
    delta: [],
  },
};

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let root = "";
const at = (...parts: string[]) => join(root, ...parts);
const sh = (script: string, cwd: string) =>
  execFileSync("/bin/sh", ["-euc", script], { cwd, stdio: ["ignore", "ignore", "pipe"] });
const numbered = Object.entries(histories).map(
  ([name, history], index) => [name, `tree-${index}`, history] as const,
);

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "stackhold-histories-"));
  for (const [, tree, { made }] of numbered) {
    mkdirSync(at(tree));
    sh(made, at(tree));
  }
  await makeOddTree(at("odd"));
  // Else all of it is racy, and copied for that alone.
  await delay(1000 * tickSeconds + 100);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const names = (file: string) => readFileSync(file, "latin1").split("\0").slice(0, -1);
const members = (file: string) =>
  existsSync(file) ? execFileSync("tar", ["-tf", file]).toString().trim().split("\n") : [];

describe("a point holds the tree at the freeze, when", () => {
  it.each(numbered)("%s", async (_, name, history) => {
    const tree = { path: at(name), type: "directory" as const, exclude: history.exclude ?? [] };
    const work = at(`${name}.work`);
    const then = (script?: string) => () => void (script && sh(script, tree.path));
    const stored = await storeTwice(capture, tree, work, {
      listed: then(history.listed),
      stored: then(history.stored),
    });
    if (tree.exclude.length > 0) sh("rm -rf cache; find . -name '*.log' -delete", tree.path);
    sh("find . -name .stackhold-safety -exec rm -r {} +", tree.path);
    const out = join(work, "out");
    mkdirSync(out);
    applyByHand(stored, out);
    const isTimed = tree.exclude.length === 0;
    const before = describeTree(isTimed ? tree.path : out);
    expect(treeDifferences(before, describeTree(out))).toEqual([]);
    expect(stored.result.unsteady).toEqual([]);
    expect(stored.result.tree.files).toBe(Object.keys(before).length);
    if (history.delta) expect(members(stored.delta.file).sort()).toEqual([...history.delta].sort());
    if (history.deleted) {
      expect(existsSync(stored.deleted) ? names(stored.deleted) : []).toEqual(history.deleted);
    }
    expect(existsSync(join(work, "spool"))).toBe(false);
  });

  it("a tree of every kind of entry changes all over", async () => {
    const tree = { path: at("odd"), type: "directory" as const, exclude: [] };
    const stored = await storeTwice(capture, tree, at("odd.work"), {
      stored: () =>
        void sh(
          `find . -type f -size -9000 -exec sh -c 'for f; do echo more >> "$f"; done' sh {} +
           mv dir moved; rm -r acl/sub; mv names dir; setfattr -x user.text attributed`,
          tree.path,
        ),
    });
    const out = at("odd.work", "out");
    mkdirSync(out);
    applyByHand(stored, out);
    expect(treeDifferences(describeTree(tree.path), describeTree(out))).toEqual([]);
  });
});
