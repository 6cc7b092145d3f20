import type { FetchedFile, ListedPart } from "../../domain/file-results.ts";
import type { EntryType } from "../../domain/listing.ts";
import { formatPart } from "../../domain/part.ts";
import { printableName } from "../../domain/part-path.ts";
import { type StoredEntry, timeOf } from "../../domain/stored-entry.ts";
import { bytes } from "../../events/amounts.ts";
import { clip } from "./clip.ts";
import { createPaint } from "./paint.ts";
import { type Column, table } from "./table.ts";

const letters: Readonly<Record<EntryType, string>> = {
  ...{ d: "d", f: "-", l: "l", p: "p", b: "b", c: "c", s: "s" },
};

/** `rwsr-xr-t`, as ls prints it. */
export function modeText(mode: number): string {
  const special = [0o4000, 0o2000, 0o1000].map((bit) => (mode & bit) !== 0);
  const marks = ["s", "s", "t"];
  return [6, 3, 0]
    .map((shift, index) => {
      const [read, write, run] = [4, 2, 1].map((bit) => ((mode >> shift) & bit) !== 0);
      const mark = marks[index] ?? "";
      const last = special[index] ? (run ? mark : mark.toUpperCase()) : run ? "x" : "-";
      return `${read ? "r" : "-"}${write ? "w" : "-"}${last}`;
    })
    .join("");
}

/** On a narrow terminal the name needs the room most. */
const narrow = { owner: 100, time: 70 };

/** Rows are told while they are read, so that columns have the width that most need. */
export function fileLine(entry: StoredEntry, columns: number | undefined): string {
  const { type, mode, uid, gid, size } = entry;
  const width = columns ?? Number.POSITIVE_INFINITY;
  const owner = width < narrow.owner ? "" : `${`${uid}:${gid}`.padEnd(11)} `;
  const amount = (type === "f" ? bytes(size) : "").padStart(9);
  const moment = (timeOf(entry.mtime)?.slice(0, 19) ?? "").replace("T", " ");
  const time = width < narrow.time ? "" : `${moment.padEnd(19)} `;
  const name = `${printableName(entry.name)}${type === "d" ? "/" : ""}`;
  const leads = entry.target === undefined ? "" : ` -> ${printableName(entry.target)}`;
  const same = entry.hardLinkTo === undefined ? "" : ` = ${printableName(entry.hardLinkTo)}`;
  const line = `${letters[type]}${modeText(mode)} ${owner}${amount} ${time}${name}${leads}${same}`;
  return columns === undefined ? line : clip(line, columns);
}

const partColumns: readonly Column<ListedPart>[] = [
  { title: "PART", value: formatPart, gives: "nothing" },
  { title: "DATA", value: (part) => bytes(part.bytes), align: "right", gives: 2 },
  { title: "ENTRIES", value: ({ files }) => String(files), align: "right", gives: 1 },
  { title: "SOURCE", value: ({ source }) => source, gives: "nothing" },
];

export function partsText(parts: readonly ListedPart[], columns: number | undefined): string {
  if (parts.length === 0) return "The point holds no parts.";
  return table(partColumns, parts, { paint: createPaint(false), columns }).join("\n");
}

export function fetchedText({ path, output, backupId, repository }: FetchedFile): string {
  return `${path === "" ? "." : path} of the point ${backupId} (${repository}) is at ${output}`;
}
