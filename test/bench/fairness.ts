import { shell, timed } from "./command.ts";

/**
 * The same start for every timing: everything dirty is on the disk, and what will be read, trees
 * or files, is in the page cache. (tar reads nothing when its output is /dev/null itself.)
 */
export async function levelGround(...read: string[]): Promise<void> {
  const line = 'if [ -d "$1" ]; then tar -cf - -C "$1" .; else cat -- "$1"; fi | cat >/dev/null';
  for (const path of read) await timed(shell(line, path));
  await timed(["sync"]);
}

/** What `sync` takes now: the part of a program's work that it left to the kernel. */
export async function flushed(path: string): Promise<number> {
  return (await timed(["sync", "-f", path])).ms;
}

export async function removeTree(path: string): Promise<void> {
  await timed(["rm", "-rf", path]);
}

/**
 * Removes what is large and leaves the small files for the end of all: for minutes after many files
 * were removed, ext4 looks at each of their inodes whenever it makes a new file (recently_deleted
 * in the kernel's fs/ext4/ialloc.c), and unpacking took ten times as long. Not between two turns:
 * where the disk is mounted with `discard`, what is flushed next waits for the blocks given back.
 */
export async function freeSpace(...trees: string[]): Promise<void> {
  await timed(["find", ...trees, "-type", "f", "-size", "+1M", "-delete"]);
}
