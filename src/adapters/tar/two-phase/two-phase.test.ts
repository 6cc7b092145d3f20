import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { describeTree, treeDifferences } from "../../../../test/fixtures/odd-tree/describe-tree.ts";
import { applyByHand, filesOf, storeTwice } from "../../../../test/support/two-phase-by-hand.ts";
import { compressions } from "../../../domain/manifest.ts";
import { createRunner } from "../../../exec/runner.ts";
import type { Tree } from "../../../ports/capture.ts";
import { createTarCapture } from "../tar-capture.ts";

/** Wants root, to mount, and a file system that two passes are sound on. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let root = "";
let tree: Tree = { path: "", type: "directory", exclude: [] };
const at = (...parts: string[]) => join(root, ...parts);
const sh = (script: string, cwd = tree.path) =>
  void execFileSync("/bin/sh", ["-euc", script], { cwd, stdio: ["ignore", "ignore", "pipe"] });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stackhold-two-phase-"));
  tree = { path: at("tree"), type: "directory", exclude: [] };
  for (const name of ["tree", "bin", "work", "work/spool", "out"]) mkdirSync(at(name));
  writeFileSync(at("tree", "a"), "aaa");
  writeFileSync(at("tree", "b"), randomBytes(300_000));
});
afterEach(() => {
  sh("for each in tree other; do umount -l $each || :; done 2>/dev/null", root);
  rmSync(root, { recursive: true });
});

/** Programs in `bin` come before the system's. */
function captureWith(programs: Record<string, string> = {}) {
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(at("bin", name), `#!/bin/sh\n${script}\n`);
    chmodSync(at("bin", name), 0o755);
  }
  const environment = { PATH: `${at("bin")}:/usr/sbin:/usr/bin:/sbin:/bin` };
  return createTarCapture({
    runner: createRunner({ environment, monotonic: () => performance.now() }),
  });
}
const spool = () => at("work", "spool");

function expectSame(stored: Parameters<typeof applyByHand>[0], out = "out"): void {
  applyByHand(stored, at(out));
  expect(treeDifferences(describeTree(tree.path), describeTree(at(out)))).toEqual([]);
}

/** The tree is an ext4 of its own from here on. */
function mountDisk(...options: string[]): void {
  mkdirSync(at("other"));
  execFileSync("truncate", ["-s", "64M", at("disk")]);
  execFileSync("mkfs.ext4", ["-q", ...options, at("disk")]);
  execFileSync("mount", ["-o", "loop", at("disk"), at("other")]);
  tree = { ...tree, path: at("other") };
  sh("rmdir lost+found");
}

describe("a capture in two passes", () => {
  it.each(compressions)("writes private files, compressed by %s", async (compression) => {
    const change = () => sh("rm a; echo c > c");
    const stored = await storeTwice(
      captureWith(),
      tree,
      at("work"),
      { stored: change },
      compression,
    );
    for (const name of readdirSync(at("work"))) {
      expect(statSync(at("work", name)).mode & 0o777, name).toBe(0o600);
    }
    expectSame(stored);
    const plain = { zstd: "zstd -dc", gzip: "gzip -dc", none: "cat" }[compression];
    const listing = execFileSync("sh", ["-c", `${plain} < part.list`], { cwd: at("work") });
    const names = listing.toString().split("\0").slice(0, -1);
    expect(names.map((record) => record.split(" ").slice(7).join(" "))).toEqual([
      ...[".", "./b", "./c"],
    ]);
  });

  it("gives the same bytes again for the same tree", async () => {
    sh("ln a l; mkdir d; truncate -s 1M d/s; mkfifo d/p; fallocate -l 40M large");
    const bytes = (work: string) =>
      readdirSync(work).map((name) => [name, readFileSync(join(work, name)).toString("base64")]);
    await storeTwice(captureWith(), tree, at("work"), {}, "zstd");
    await storeTwice(captureWith(), tree, at("other work"), {}, "zstd");
    expect(bytes(at("other work"))).toEqual(bytes(at("work")));
    await captureWith().archive(tree, filesOf(at("out"), "x").hot);
    execFileSync("zstd", ["-dq", at("work", "part.tar"), "-o", at("out", "y")]);
    expect(readFileSync(at("out", "y")).equals(readFileSync(at("out", "x.tar")))).toBe(true);
  });

  it("counts what it lists, what it would copy and what it copies", async () => {
    sh("mkdir d; ln a d/again");
    const twoPhase = await captureWith().twoPhase(tree, spool());
    expect(twoPhase.measure).toMatchObject({ files: 5, bytes: 300_003 });
    const { hot, changes } = filesOf(at("work"), "p");
    await twoPhase.store(hot);
    sh("chmod u+x a b d; echo 1234 > d/new");
    expect((await twoPhase.refresh()).bytes).toBe(300_008);
    const frozen = await twoPhase.freeze();
    expect(frozen).toEqual({
      tree: { files: 6, bytes: 300_008, allocatedBytes: 300_008 },
      delta: { files: 6, bytes: 300_008 },
      unsteady: [],
    });
    const written = await twoPhase.writeChanges(changes);
    expect(written).toMatchObject({ delta: true, deleted: false });
    await twoPhase.release();
    await twoPhase.release();
    expect(readdirSync(at("work")).sort()).toEqual(["p.delta.tar", "p.list", "p.tar"]);
  });

  it("waits a moment and lists again where much was only just written", async () => {
    sh("fallocate -l 40M large");
    const { result, delta } = await storeTwice(captureWith(), tree, at("work"));
    expect(result.delta).toEqual({ files: 0, bytes: 0 });
    expect(existsSync(delta.file)).toBe(false);
  });

  it("gives each of several targets what any of their hot archives lacks", async () => {
    sh("mkdir p q; echo one > p/x; ln p/x q/y; fallocate -l 40M large");
    const twoPhase = await captureWith().twoPhase(tree, spool());
    const [one, two] = [filesOf(at("work"), "one"), filesOf(at("work"), "two", "gzip")];
    sh("mv p away; echo file > p");
    await twoPhase.store(one.hot);
    sh("rm p; mv away p; touch p/new");
    await twoPhase.store(two.hot);
    const result = await twoPhase.freeze();
    expect(result.delta.files).toBeLessThan(10);
    await Promise.all([one, two].map(({ changes }) => twoPhase.writeChanges(changes)));
    await twoPhase.release();
    mkdirSync(at("out two"));
    expectSame({ ...one.changes, hot: one.hot.file, result });
    expectSame({ ...two.changes, hot: two.hot.file, result }, "out two");
  });

  it("stores a single file, rewritten or replaced", async () => {
    const file: Tree = { path: at("tree", "a"), type: "file", exclude: [] };
    for (const change of ["echo more >> a", "echo other > c; mv c a"]) {
      const stored = await storeTwice(captureWith(), file, at("work"), {
        stored: () => sh(change),
      });
      applyByHand(stored, at("out"));
      expect(readdirSync(at("out"))).toEqual(["a"]);
      expect(readFileSync(at("out", "a"))).toEqual(readFileSync(at("tree", "a")));
      sh("rm -r work out; mkdir work out", root);
    }
  });

  it("sees what a whole-second clock hides: wants to mount such a disk", async () => {
    mountDisk("-I", "128");
    sh("echo old > a; touch -d 2020-01-01 a");
    const rewrite = () => sh("echo new > a; touch -d 2020-01-01 a");
    expectSame(await storeTwice(captureWith(), tree, at("work"), { stored: rewrite }));
  });
});

describe("a tree that writes through mmap", () => {
  const script = `
import mmap, os, sys
file = open(sys.argv[1], "r+b")
view = mmap.mmap(file.fileno(), 0)
for line in sys.stdin:
    view[0:1] = line[0].encode()
    print("done", flush=True)
`;
  it("is seen to write although its pages were dirty before the listing: wants to mount, and python3", async () => {
    // On a disk of its own: nobody else flushes it.
    mountDisk();
    writeFileSync(at("other", "b"), randomBytes(300_000));
    const writer = spawn("python3", ["-c", script, at("other", "b")], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const write = async (letter: string) => {
      writer.stdin.write(`${letter}\n`);
      await once(writer.stdout, "data");
    };
    try {
      await write("1");
      // Long enough after it that the page's time is not racy: the second listing of many.
      sh("fallocate -l 40M large");
      const stored = await storeTwice(captureWith(), tree, at("work"), {
        stored: () => write("2"),
      });
      expectSame(stored);
    } finally {
      writer.kill();
    }
  });
});

describe("the root of a tree", () => {
  it("is held when its path is unmounted", async () => {
    mkdirSync(at("other"));
    sh("mount --bind tree other", root);
    const stored = await storeTwice(captureWith(), { ...tree, path: at("other") }, at("work"), {
      stored: () => sh("echo c > tree/c; umount -l other", root),
    });
    expectSame(stored);
  });

  it("must still be there, or all would seem deleted", async () => {
    const work = storeTwice(captureWith(), tree, at("work"), {
      stored: () => sh("rm -r tree; mkdir tree", root),
    });
    await expect(work).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });
    expect(existsSync(spool())).toBe(false);
  });

  it("must be there at all, and then no spool is left", async () => {
    const gone = captureWith().twoPhase({ ...tree, path: at("gone") }, spool());
    await expect(gone).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });
    expect(existsSync(spool())).toBe(false);
  });
});

describe("a capture in two passes that fails", () => {
  it.each([
    ["cannot read a directory", "Permission denied", "SOURCE_UNREADABLE"],
    ["loses a directory while it lists", "No such file or directory", undefined],
  ])("because find %s", async (_, message, code) => {
    const capture = captureWith({
      find: `/usr/bin/find "$@"; echo "find: './x': ${message}" >&2; exit 1`,
    });
    const work = storeTwice(capture, tree, at("work"));
    if (code === undefined) expect((await work).result.unsteady).toEqual(["'./x'"]);
    else await expect(work).rejects.toMatchObject({ code });
  });

  it.each([
    ["open: No such file or directory", undefined],
    ["stat: Not a directory", undefined],
    ["open: Too many levels of symbolic links", undefined],
    ["open: No such device or address", undefined],
    ["readlink: Invalid argument", undefined],
    ["open: Input/output error", "SOURCE_UNREADABLE"],
  ])("or not, because a listed name is another thing by now: Cannot %s", async (said, code) => {
    const capture = captureWith({
      tar: `/bin/tar "$@"
            case "$*" in *--index-file*) echo "tar: ./x: Cannot ${said}" >&2; exit 2 ;; esac`,
    });
    const work = storeTwice(capture, tree, at("work"));
    if (code !== undefined) await expect(work).rejects.toMatchObject({ code });
    else expectSame(await work);
  });

  it("because the second listing was cut short", async () => {
    const capture = captureWith();
    const work = storeTwice(capture, tree, at("work"), {
      stored: () => void captureWith({ find: '/usr/bin/find "$@" | head -c 100; kill -9 $$' }),
    });
    await expect(work).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });
  });

  it("because the changes do not fit into the spool", async () => {
    mkdirSync(at("other"));
    sh("mount -t tmpfs -o size=1M none other; mkdir other/spool", root);
    const twoPhase = await captureWith().twoPhase(tree, at("other", "spool"));
    await twoPhase.store(filesOf(at("work"), "p").hot);
    writeFileSync(at("tree", "large"), randomBytes(3_000_000));
    await expect(twoPhase.freeze()).rejects.toMatchObject({ code: "NO_SPACE" });
    expect(readdirSync(at("other", "spool"))).not.toContain("delta.tar");
    // A hole needs none.
    sh("rm large; truncate -s 3M large");
    expect((await twoPhase.freeze()).delta.bytes).toBeGreaterThan(3_000_000);
    await twoPhase.release();
    expect(readdirSync(at("other"))).toEqual([]);
  });

  it("because a target is full, and leaves nothing of it", async () => {
    mkdirSync(at("other"));
    sh("mount -t tmpfs -o size=200K none other", root);
    const twoPhase = await captureWith().twoPhase(tree, spool());
    const [full, roomy] = [filesOf(at("other"), "p"), filesOf(at("work"), "p", "zstd")];
    await expect(twoPhase.store(full.hot)).rejects.toMatchObject({ code: "NO_SPACE" });
    await twoPhase.store(roomy.hot);
    sh("echo more >> b; rm a");
    await twoPhase.freeze();
    await expect(twoPhase.writeChanges(full.changes)).rejects.toMatchObject({ code: "NO_SPACE" });
    expect(readdirSync(at("other"))).toEqual([]);
    const written = await twoPhase.writeChanges(roomy.changes);
    expect(written).toMatchObject({ delta: true, deleted: true });
    await twoPhase.release();
  });

  it("because it is cancelled, wherever it is, and leaves nothing", async () => {
    for (const program of ["find", "sort", "xargs", "tar", "zstd"]) {
      const ready = at("ready");
      execFileSync("mkfifo", [ready]);
      const capture = captureWith({ [program]: `echo > ${ready}; exec sleep 1000` });
      const abort = new AbortController();
      const { hot, changes } = filesOf(at("work"), "p", "zstd");
      mkdirSync(spool(), { recursive: true });
      const activity = { signal: abort.signal };
      const work = (async () => {
        const twoPhase = await capture.twoPhase(tree, spool(), activity);
        try {
          if (program !== "zstd") await twoPhase.store(hot, activity);
          await twoPhase.freeze(activity);
          await twoPhase.writeChanges(changes, activity);
        } finally {
          await twoPhase.release();
        }
      })();
      work.catch(() => undefined);
      await once(spawn("cat", [ready]), "exit");
      abort.abort();
      await expect(work, program).rejects.toMatchObject({ code: "CANCELLED" });
      expect(readdirSync(at("work")), program).toEqual([]);
      rmSync(ready);
      rmSync(at("bin", program));
    }
  });

  it("is ended by its release while it works", async () => {
    execFileSync("mkfifo", [at("ready")]);
    const twoPhase = await captureWith().twoPhase(tree, spool());
    captureWith({ tar: `echo > ${at("ready")}; exec sleep 1000` });
    const work = twoPhase.store(filesOf(at("work"), "p").hot);
    work.catch(() => undefined);
    await once(spawn("cat", [at("ready")]), "exit");
    await twoPhase.release();
    await expect(work).rejects.toMatchObject({ code: "CANCELLED" });
    expect(readdirSync(at("work"))).toEqual([]);
  });
});
