import { StackholdError } from "../errors.ts";
import { type Digest, longestName, shorten } from "./file-name.ts";
import { suggest } from "./suggest.ts";

export const partKinds = ["project", "recipe", "networks", "volume", "bind", "engine"] as const;
export type PartKind = (typeof partKinds)[number];

/** One separately restorable piece of a point. `name` is empty for kinds of which there is one. */
export interface PartId {
  readonly kind: PartKind;
  readonly name: string;
}

/** `KIND` or `KIND:NAME`, as on the command line and in the API. */
export function formatPart(part: PartId): string {
  return part.name === "" ? part.kind : `${part.kind}:${part.name}`;
}

/** A part as people name it; without a name every part of the kind is meant. */
export interface PartPattern {
  readonly kind: PartKind;
  readonly name?: string;
}

const isNamed = (kind: PartKind) => kind === "volume" || kind === "bind";

/** The part that was probably meant: with its name, where parts of that kind have one. */
function guessed(word: string, name = ""): string {
  const kind = partKinds.find((known) => known === suggest(word, partKinds));
  if (kind === undefined) return "";
  return `: did you mean "${formatPart({ kind, name: isNamed(kind) ? name : "" })}"?`;
}

/** Reads `KIND` or `KIND:NAME`; USAGE for anything else. */
export function parsePart(text: string): PartPattern {
  const [, word = text, rest] = /^([^:]*):(.*)$/s.exec(text) ?? [];
  const kind = partKinds.find((known) => known === word);
  if (kind === undefined || rest === "" || (rest !== undefined && !isNamed(kind))) {
    throw new StackholdError("USAGE", `"${text}" is not a part${guessed(word, rest)}`, {
      hint: "parts are project, volume:NAME, bind:/ABSOLUTE/PATH, recipe, networks, engine",
    });
  }
  if (rest === undefined) return { kind };
  return { kind, name: kind === "bind" ? rest.replace(/(?<=.)\/+$/, "") : rest };
}

/** `/` and `%` are %-escaped, as docs/format.md says, and so is NUL, which no file name holds. */
export function escapeName(name: string): string {
  return name.replaceAll("%", "%25").replaceAll("/", "%2F").replaceAll("\0", "%00");
}

export function unescapeName(name: string): string {
  return name.replaceAll("%00", "\0").replaceAll("%2F", "/").replaceAll("%25", "%");
}

/** Bytes of a stem: room for the longest extension and for a name beside it while it is written. */
export const stemLimit = longestName - ".delta.tar.zst.partial".length;

/** The stem of a part's files on disk: `<kind>` or `<kind>-<escaped name>`. */
export function partStem(part: PartId): string {
  return part.name === "" ? part.kind : `${part.kind}-${escapeName(part.name)}`;
}

/** The name of the directory that stands for a part: its stem, never longer than a name may be. */
export function partDirectory(part: PartId, digest: Digest): string {
  return shorten(partStem(part), stemLimit, digest);
}
