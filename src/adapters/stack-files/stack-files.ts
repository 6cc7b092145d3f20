import type { Dirent } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { StackholdError } from "../../errors.ts";
import type { Listing, StackFiles } from "../../ports/stack-files.ts";

/** Far above any file of a stack's description; what is larger is data. */
const largest = 4 * 2 ** 20;

/** Reads stack directories of this host. */
export function localStackFiles(): StackFiles {
  return {
    list: (directory) => orMissing(directory, () => list(directory)),
    read: async (file) => (await orMissing(file, () => read(file)))?.toString("utf8"),
    readBytes: (file) => orMissing(file, () => read(file)),
    realPath: (path) => realpath(path).catch(() => undefined),
  };
}

async function list(directory: string): Promise<Listing> {
  const [realPath, entries] = await Promise.all([
    realpath(directory),
    readdir(directory, { withFileTypes: true }),
  ]);
  const kinds = await Promise.all(entries.map(async (entry) => [entry.name, await kindOf(entry)]));
  const named = (kind: string) =>
    kinds.flatMap(([name, k]) => (k === kind ? [name ?? ""] : [])).sort();
  return {
    realPath,
    directories: named("directory"),
    files: named("file"),
    others: named("other"),
  };
}

async function kindOf(entry: Dirent): Promise<"directory" | "file" | "other"> {
  const facts = entry.isSymbolicLink()
    ? await stat(join(entry.parentPath, entry.name)).catch(() => undefined)
    : entry;
  if (facts?.isDirectory()) return "directory";
  return facts?.isFile() ? "file" : "other";
}

/** Looks before it opens: a FIFO would be waited for without end. */
async function read(file: string): Promise<Buffer> {
  const facts = await stat(file);
  if (!facts.isFile()) throw unreadable(file, "it is not a regular file");
  if (facts.size > largest)
    throw unreadable(file, `it has ${facts.size} bytes, more than ${largest}`);
  return readFile(file);
}

async function orMissing<T>(path: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof StackholdError) throw thrown;
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unreadable(path, code || String(thrown), thrown);
  }
}

function unreadable(path: string, why: string, cause?: unknown): StackholdError {
  return new StackholdError("SOURCE_UNREADABLE", `${path} cannot be read: ${why}`, {
    hint: "run Stackhold as root, or let its user read the stack directories",
    ...(cause === undefined ? {} : { cause }),
  });
}
