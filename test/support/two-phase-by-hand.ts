import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { extractFlags } from "../../src/adapters/tar/flags.ts";
import { unescapeName } from "../../src/adapters/tar/two-phase/index-line.ts";
import type { Compression } from "../../src/domain/manifest.ts";
import type { Capture, Tree } from "../../src/ports/capture.ts";
import type { ChangesTarget, Frozen, TwoPhase } from "../../src/ports/two-phase.ts";

export interface Moments {
  /** After the first listing, before the hot pass. */
  readonly listed?: () => void | Promise<void>;
  /** After the hot pass. */
  readonly stored?: () => void | Promise<void>;
  /** With the freeze done: what the tree is now is what the point must hold. */
  readonly frozen?: () => void | Promise<void>;
}

/** The files of one target, as they lie in a point. */
export interface StoredTwice extends ChangesTarget {
  readonly hot: string;
  readonly result: Frozen;
}

/** Where the files of a target named `name` go. */
export function filesOf(directory: string, name: string, compression: Compression = "none") {
  const at = (suffix: string) => join(directory, `${name}${suffix}`);
  const target = (file: string) => ({ file, compression, level: 3 });
  const changes: ChangesTarget = {
    delta: target(at(".delta.tar")),
    deleted: at(".deleted"),
    listing: target(at(".list")),
  };
  return { hot: target(at(".tar")), changes };
}

/** Stores a tree in two passes into a new directory `work`, with something happening between. */
export async function storeTwice(
  capture: Capture,
  tree: Tree,
  work: string,
  moments: Moments = {},
  compression: Compression = "none",
): Promise<StoredTwice> {
  const spool = join(work, "spool");
  mkdirSync(spool, { recursive: true, mode: 0o700 });
  const { hot, changes } = filesOf(work, "part", compression);
  const twoPhase: TwoPhase = await capture.twoPhase(tree, spool);
  try {
    await moments.listed?.();
    await twoPhase.store(hot);
    await twoPhase.refresh();
    await moments.stored?.();
    const result = await twoPhase.freeze();
    await moments.frozen?.();
    await twoPhase.writeChanges(changes);
    return { ...changes, hot: hot.file, result };
  } finally {
    await twoPhase.release();
  }
}

/**
 * Puts together what was stored with tar, xargs and rm alone, in an existing empty directory. An
 * archive of a tree in motion may contradict itself: tar's exit code 2 is no failure there.
 */
export function applyByHand(stored: StoredTwice, directory: string): void {
  spawnSync("tar", [...extractFlags, "-xf", stored.hot, "-C", directory]);
  if (existsSync(stored.deleted)) {
    const names = readFileSync(stored.deleted);
    execFileSync("xargs", ["-0", "rm", "-rf", "--"], { cwd: directory, input: names });
  }
  if (existsSync(stored.delta.file)) {
    bareDirectories(stored.delta.file, directory);
    execFileSync("tar", [...extractFlags, "-xf", stored.delta.file, "-C", directory]);
  }
}

/**
 * tar adds the attributes of an archive to those that a directory has, and what is unpacked into
 * one inherits its default ACL: both would outlive the hot archive.
 */
function bareDirectories(archive: string, directory: string): void {
  const list = execFileSync("tar", ["--quoting-style=escape", "-tf", archive], {
    maxBuffer: 1 << 30,
  });
  const names = list
    .toString("latin1")
    .split("\n")
    .filter((name) => name.endsWith("/"));
  const script = `for each; do
    [ -d "$each" ] || continue
    setfacl -b -- "$each"
    getfattr --absolute-names -m '^(user|trusted)' -- "$each" | grep -v '^#' | while IFS= read -r name; do
      [ -z "$name" ] || setfattr -x "$name" -- "$each"
    done
  done`;
  execFileSync("xargs", ["-0", "-r", "sh", "-c", script, "sh"], {
    cwd: directory,
    input: Buffer.from(names.map((name) => `${unescapeName(name)}\0`).join(""), "latin1"),
  });
}
