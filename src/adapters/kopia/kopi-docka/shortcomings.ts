import type { PartKind } from "../../../domain/part.ts";
import { counted } from "../../../domain/text.ts";
import { sizeOf, tagOf, unreadEntries } from "../snapshots.ts";
import type { Expected } from "./expected.ts";
import { type Group, type GroupedPart, isStream, partOfKind } from "./groups.ts";

/** Something that a point lacks. */
export interface Shortcoming {
  readonly kind: PartKind;
  readonly source: string;
  readonly why: string;
  /** What there is of the part is not fit to be restored: there is nothing, or nobody knows what. */
  readonly isLost: boolean;
}

const notThere = "it is not in the point: storing it failed, or Kopia has removed it since";

function ofPart(part: GroupedPart): Shortcoming[] {
  const { kind, source, snapshot } = part;
  const lacks = (why: string, isLost: boolean) => [{ kind, source, why, isLost }];
  const { incomplete, rootEntry } = snapshot;
  if (incomplete !== undefined) return lacks(`storing it was not finished (${incomplete})`, true);
  if (!rootEntry || (isStream(part) && sizeOf(snapshot) === 0)) {
    return lacks("nothing of it was stored", true);
  }
  const unread = unreadEntries(snapshot);
  if (unread === 0) return [];
  return lacks(`${counted(unread, "entry", "entries")} could not be read and are not in it`, false);
}

/** Versions that know scopes say them; before, there was always a recipe. */
function absentKinds(group: Group, expected: Expected | undefined): PartKind[] {
  const scope = group.parts.map(({ snapshot }) => tagOf(snapshot, "backup_scope")).find(Boolean);
  if (scope === "minimal") return [];
  const wanted: PartKind[] = ["recipe"];
  if (scope !== undefined && expected?.networks === true) wanted.push("networks");
  return wanted.filter((kind) => partOfKind(group, kind) === undefined);
}

/** What a point lacks of what it should be; `expected` is absent where its recipe is not known. */
export function shortcomingsOf(group: Group, expected: Expected | undefined): Shortcoming[] {
  const has = (kind: PartKind, source: string) =>
    group.parts.some((part) => part.kind === kind && part.source === source);
  const absent = (kind: PartKind, sources: readonly string[] = []) =>
    sources.filter((source) => !has(kind, source)).map((source) => ({ kind, source }));
  const missing = [
    ...absentKinds(group, expected).map((kind) => ({ kind, source: "" })),
    ...absent("volume", expected?.volumes),
    ...absent("bind", expected?.binds),
  ];
  return [
    ...group.parts.flatMap(ofPart),
    ...missing.map((one) => ({ ...one, why: notThere, isLost: true })),
  ];
}
