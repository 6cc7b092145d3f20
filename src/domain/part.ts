import { StackholdError } from "../errors.ts";

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

export function parsePart(text: string): PartId {
  const colon = text.indexOf(":");
  const kind = colon < 0 ? text : text.slice(0, colon);
  const name = colon < 0 ? "" : text.slice(colon + 1);
  const known = partKinds.find((k) => k === kind);
  const named = known === "volume" || known === "bind";
  if (known === undefined || named !== (name !== "")) {
    throw new StackholdError("USAGE", `"${text}" is not a part`, {
      hint: "parts are project, volume:NAME, bind:/ABSOLUTE/PATH, recipe, networks, engine",
    });
  }
  return { kind: known, name };
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
