import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/**
 * Appends whole lines. The file is opened each time, so that it may be moved away by logrotate or
 * another process in between, and what is written survives the death of this process.
 */
export function appendLines(file: string, lines: readonly string[]): { readonly size: number } {
  const descriptor = openForAppending(file);
  try {
    writeSync(descriptor, `${lines.join("\n")}\n`);
    return { size: fstatSync(descriptor).size };
  } finally {
    closeSync(descriptor);
  }
}

function openForAppending(file: string): number {
  try {
    return openSync(file, "a", 0o600);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    makeDirectory(dirname(file));
    return openSync(file, "a", 0o600);
  }
}

/** Not `recursive`, which says ENOENT of a read-only file system. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** `file` becomes `file.1`, that `file.2`, and so on; the one beyond `keep` is removed. */
export function rotate(file: string, keep: number): void {
  rmSync(`${file}.${keep}`, { force: true });
  for (let number = keep - 1; number >= 1; number -= 1) {
    renameIfThere(`${file}.${number}`, `${file}.${number + 1}`);
  }
  renameIfThere(file, `${file}.1`);
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
