import { entryTypes, type ListedEntry, nanosecondsOf } from "../../domain/listing.ts";
import { type Keeping, roundedDown } from "./keeping.ts";

/** An entry of an unpacked tree. */
export interface FoundEntry extends Omit<ListedEntry, "link"> {
  readonly links: number;
  /** `device:inode`. */
  readonly inode: string;
}

/** For `find` in the tree's root: records that `parseFound` reads, ended by NUL. */
export const findFormat = "%y %m %U %G %s %T@ %n %D:%i %p\\0";

const record = /^(\S) (\d+) (\d+) (\d+) (\d+) (-?\d+\.\d{9})\d* (\d+) (\S+) (.*)$/s;

export function parseFound(text: string): FoundEntry {
  const match = record.exec(text) ?? [];
  const [letter, mode = "", uid, gid, size, mtime = "", links, inode = "", name = ""] =
    match.slice(1);
  const type = entryTypes.find((each) => each === letter);
  if (type === undefined) throw new Error(`find printed "${text}"`);
  return {
    type,
    mode: Number.parseInt(mode, 8),
    uid: Number(uid),
    gid: Number(gid),
    size: type === "f" ? Number(size) : 0,
    mtime,
    links: Number(links),
    inode,
    name,
  };
}

export type Facts = Omit<ListedEntry, "link" | "name">;

/** Equal for equal entries, as far as the file system keeps what makes them so. */
export function comparable(entry: Facts, keeping: Keeping): string {
  const { type, mode, owner, size, mtime } = facts(entry, keeping);
  return `${type} ${mode} ${owner} ${size} ${mtime}`;
}

/** In words, e.g. `mtime 1.000000000 instead of 2.000000000`; links are what is left. */
export function describeDifference(
  expected: ListedEntry,
  found: FoundEntry,
  keeping: Keeping,
): string {
  const [ours, theirs] = [facts(found, keeping), facts(expected, keeping)];
  const said = factNames
    .filter((fact) => ours[fact] !== theirs[fact])
    .map((fact) => `${fact} ${ours[fact]} instead of ${theirs[fact]}`);
  return said.length > 0 ? said.join(", ") : "other hard links";
}

const factNames = ["type", "mode", "owner", "size", "mtime"] as const;

/** Empty where the file system does not keep it. A symbolic link has no mode of its own. */
function facts(entry: Facts, keeping: Keeping): Record<(typeof factNames)[number], string> {
  const { type, mode, uid, gid, size, mtime } = entry;
  return {
    type,
    mode: keeping.modes && type !== "l" ? mode.toString(8) : "",
    owner: keeping.owners ? `${uid}:${gid}` : "",
    size: String(size),
    mtime: keeping.granularity === 0n ? "" : keptTime(mtime, keeping),
  };
}

const billion = 1_000_000_000n;

/** What the file system makes of a time; every one takes those that 31 bits hold. */
function keptTime(mtime: string, { granularity, earliest, latest }: Keeping): string {
  const whole = Number.parseInt(mtime, 10);
  if (granularity === 1n && whole >= 0 && whole < 2 ** 31 - 1) return mtime;
  const rounded = roundedDown(nanosecondsOf(mtime), granularity);
  const kept = rounded < earliest ? earliest : rounded > latest ? latest : rounded;
  const seconds = roundedDown(kept, billion) / billion;
  return `${seconds}.${String(kept - seconds * billion).padStart(9, "0")}`;
}
