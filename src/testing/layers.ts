import { execFileSync } from "node:child_process";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { createFlags } from "../adapters/tar/flags.ts";
import { parseFound } from "../adapters/tar/match-facts.ts";
import { compareNames, formatListedEntry, type ListedEntry } from "../domain/listing.ts";
import type { Compression } from "../domain/manifest.ts";
import type { ArchiveLayers } from "../ports/capture.ts";

/**
 * Makes the files of a part stored in two passes as docs/format.md describes them, with tar, find
 * and the compressor. It knows nothing of races: what changes, changes between the passes.
 */
export function storeHot(
  tree: string,
  stem: string,
  compression: Compression = "zstd",
): { finish(): ArchiveLayers } {
  const before = observe(tree);
  const hot = pack(tree, before.map(nameOf), stem, compression);
  return {
    finish() {
      const after = observe(tree);
      const now = new Map(after.map((entry) => [entry.name, entry]));
      const was = new Map(before.map((entry) => [entry.name, entry]));
      const gone = topmost(before.filter(({ name, type }) => now.get(name)?.type !== type));
      const changed = after.filter(({ name, state }) => was.get(name)?.state !== state);
      const again = withParents(changed.map(nameOf), new Set(now.keys()));
      const listing = writeListing(after, stem, compression);
      return {
        hot,
        listing,
        ...(gone.length > 0 ? { deleted: writeNames(gone, `${stem}.deleted`) } : {}),
        ...(again.length > 0 ? { delta: pack(tree, again, `${stem}.delta`, compression) } : {}),
      };
    },
  };
}

interface Observed extends ListedEntry {
  readonly inode: string;
  /** Everything that tells a change. */
  readonly state: string;
}

const nameOf = ({ name }: { readonly name: string }): string => name;
const many = { maxBuffer: 1 << 30 };

/** For a single file the tree is what the archive holds: its name alone. */
function observe(tree: string): Observed[] {
  const isFile = statSync(tree).isFile();
  const [cwd, start] = isFile ? [dirname(tree), `./${basename(tree)}`] : [tree, "."];
  const format = "%C@ %y %m %U %G %s %T@ %n %D:%i %p\\0";
  const text = execFileSync("find", [start, "-printf", format], { cwd, ...many });
  const records = text.toString("latin1").split("\0").slice(0, -1);
  const found = records
    .map((state) => ({ state, ...parseFound(state.slice(state.indexOf(" ") + 1)) }))
    .sort((a, b) => compareNames(a.name, b.name));
  const groups = Map.groupBy(found, ({ inode }) => inode);
  const shared = [...groups.values()].filter((group) => group.length > 1 && group[0]?.type !== "d");
  const numbers = new Map(shared.map(([first], index) => [first?.inode, index + 1]));
  return found.map((entry) => ({ ...entry, link: numbers.get(entry.inode) ?? 0 }));
}

function topmost(entries: readonly { readonly name: string }[]): string[] {
  const names = new Set(entries.map(nameOf));
  return [...names].filter((name) => !parentsOf(name).some((parent) => names.has(parent)));
}

/** Parents first, each name once, sockets and what is not there left out. */
function withParents(names: readonly string[], existing: ReadonlySet<string>): string[] {
  const all = new Set(names.flatMap((name) => [...parentsOf(name), name]));
  return [...all].filter((name) => existing.has(name)).sort(compareNames);
}

function parentsOf(name: string): string[] {
  const parts = name.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

function pack(
  tree: string,
  names: readonly string[],
  stem: string,
  compression: Compression,
): string {
  const file = `${stem}.tar${{ zstd: ".zst", gzip: ".gz", none: "" }[compression]}`;
  const isFile = statSync(tree).isFile();
  const list = writeNames(names, `${stem}.names`);
  const filter = { zstd: ["-I", "zstd -q"], gzip: ["-I", "gzip -n"], none: [] }[compression];
  const from = ["--no-recursion", "--null", "-T", list];
  const place = ["-C", isFile ? dirname(tree) : tree];
  execFileSync("tar", [...createFlags, ...filter, "-cf", file, ...place, ...from], {
    stdio: ["ignore", "inherit", "pipe"],
  });
  rmSync(list);
  return file;
}

export function writeNames(names: readonly string[], file: string): string {
  writeFileSync(file, names.map((name) => `${name}\0`).join(""), "latin1");
  return file;
}

export function writeListing(
  entries: readonly ListedEntry[],
  stem: string,
  compression: Compression = "zstd",
): string {
  const text = Buffer.from(
    entries.map((each) => `${formatListedEntry(each)}\0`).join(""),
    "latin1",
  );
  return compressed(text, `${stem}.list`, compression);
}

export function compressed(input: Buffer, file: string, compression: Compression): string {
  const [program, extension] = { zstd: ["zstd", ".zst"], gzip: ["gzip", ".gz"], none: ["cat", ""] }[
    compression
  ] as [string, string];
  const args = { zstd: ["-qc"], gzip: ["-nc"], none: [] }[compression];
  writeFileSync(`${file}${extension}`, execFileSync(program, args, { input, ...many }));
  return `${file}${extension}`;
}
