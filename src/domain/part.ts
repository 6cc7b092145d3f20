import { StackholdError } from "../errors.ts";
import { didYouMean } from "./suggest.ts";

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

/** Reads `KIND` or `KIND:NAME`; USAGE for anything else. */
export function parsePart(text: string): PartPattern {
  const [, word = text, rest] = /^([^:]*):(.*)$/s.exec(text) ?? [];
  const kind = partKinds.find((known) => known === word);
  const isNamed = kind === "volume" || kind === "bind";
  if (kind === undefined || rest === "" || (rest !== undefined && !isNamed)) {
    throw new StackholdError("USAGE", `"${text}" is not a part${didYouMean(word, partKinds)}`, {
      hint: "parts are project, volume:NAME, bind:/ABSOLUTE/PATH, recipe, networks, engine",
    });
  }
  if (rest === undefined) return { kind };
  return { kind, name: kind === "bind" ? rest.replace(/(?<=.)\/+$/, "") : rest };
}

/** `/` and `%` are %-escaped, as docs/format.md says. */
export function escapeName(name: string): string {
  return name.replaceAll("%", "%25").replaceAll("/", "%2F");
}

export function unescapeName(name: string): string {
  return name.replaceAll("%2F", "/").replaceAll("%25", "%");
}

/** The stem of a part's files on disk: `<kind>` or `<kind>-<escaped name>`. */
export function partStem(part: PartId): string {
  return part.name === "" ? part.kind : `${part.kind}-${escapeName(part.name)}`;
}
