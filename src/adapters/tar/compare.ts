import { isUtf8 } from "node:buffer";
import { isBelow } from "../../domain/stored-entry.ts";
import type { Runner } from "../../exec/runner.ts";
import type { Comparison } from "../../ports/capture.ts";
import { safetyName } from "./flags.ts";
import { requireListing } from "./listing.ts";

interface Known {
  readonly type: string;
  readonly size: string;
  /** Target of a symbolic link. */
  readonly link: string;
}

interface Compared {
  readonly staged: string;
  readonly target: string;
  readonly unread: readonly string[];
}

/** Files of one size are read in both trees: equal times prove nothing within one clock tick. */
export async function compare(
  runner: Runner,
  { staged, target, unread }: Compared,
): Promise<Comparison> {
  const apart = unread.map((path) => Buffer.from(path, "utf8").toString("latin1"));
  const isRead = (name: string) => !apart.some((path) => name === path || isBelow(name, path));
  const [ours, theirs] = await Promise.all([list(runner, staged), list(runner, target)]);
  const missing: string[] = [];
  const differing: string[] = [];
  const doubtful: string[] = [];
  for (const [name, our] of ours) {
    const their = theirs.get(name);
    if (their === undefined) {
      if (theirs.get(parentOf(name))?.type === "d") missing.push(name);
    } else if (our.type !== their.type || our.link !== their.link) differing.push(name);
    else if (our.type === "f" && our.size !== their.size) differing.push(name);
    else if (our.type === "f" && isRead(name)) doubtful.push(name);
  }
  const [here, there] = await Promise.all([
    hashes(runner, staged, doubtful),
    hashes(runner, target, doubtful),
  ]);
  const isSame = (name: string) => here.has(name) && here.get(name) === there.get(name);
  differing.push(...doubtful.filter((name) => !isSame(name)));
  return {
    missing: missing.filter(isText).map(readable),
    unnameable: missing.filter((name) => !isText(name)).map(readable),
    differing: differing.map(readable),
  };
}

async function list(runner: Runner, path: string): Promise<Map<string, Known>> {
  const found = new Map<string, Known>();
  const format = "%y %s %l\\0%P\\0";
  const args = ["-H", path, "-name", safetyName, "-prune", "-o", "-printf", format];
  let head: string | undefined;
  const onRecords = (records: readonly string[]) => {
    for (const record of records) {
      if (head === undefined) {
        head = record;
        continue;
      }
      found.set(record, asKnown(head));
      head = undefined;
    }
  };
  const find = { program: "find", args };
  requireListing(await runner.run(find, { stdout: { separator: "\0", onRecords } }), path, false);
  return found;
}

function asKnown(record: string): Known {
  const [type = "", size = ""] = record.split(" ", 2);
  return { type, size, link: record.slice(type.length + size.length + 2) };
}

/** By name; files that cannot be read have none. */
async function hashes(
  runner: Runner,
  directory: string,
  files: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const onRecords = (records: readonly string[]) => {
    for (const record of records) found.set(record.slice(68), record.slice(0, 64));
  };
  const stdin = Buffer.from(files.map((name) => `./${name}\0`).join(""), "latin1");
  const args = ["--null", "--no-run-if-empty", "sha256sum", "--zero", "--"];
  await runner.run(
    { program: "xargs", args },
    { cwd: directory, stdin, stdout: { separator: "\0", onRecords } },
  );
  return found;
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf("/")));
}

function isText(name: string): boolean {
  return isUtf8(Buffer.from(name, "latin1"));
}

function readable(name: string): string {
  return Buffer.from(name, "latin1").toString("utf8");
}
