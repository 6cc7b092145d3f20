import type { PartKind } from "../../../domain/part.ts";
import { isOurs } from "../points/sources.ts";
import { type Snapshot, tagOf } from "../snapshots.ts";

/** One snapshot of a point. */
export interface GroupedPart {
  readonly kind: PartKind;
  /** The engine's name of a volume, the host path of a bind; empty for kinds of which there is one. */
  readonly source: string;
  readonly snapshot: Snapshot;
}

/** What Kopi-Docka stored of one unit of one host in one run. */
export interface Group {
  readonly host: string;
  readonly unit: string;
  readonly backupId: string;
  readonly parts: readonly GroupedPart[];
}

/** Tag `type`, as all versions have written it. */
const kinds: ReadonlyMap<string, PartKind> = new Map([
  ["recipe", "recipe"],
  ["networks", "networks"],
  ["docker_config", "engine"],
  ["volume", "volume"],
  ["bind", "bind"],
]);

function partOf(snapshot: Snapshot): GroupedPart | undefined {
  const kind = kinds.get(tagOf(snapshot, "type") ?? "");
  if (kind === undefined || isOurs(snapshot.source)) return undefined;
  if (kind !== "volume" && kind !== "bind") return { kind, source: "", snapshot };
  const source = tagOf(snapshot, kind === "volume" ? "volume" : "bind_source");
  return source ? { kind, source, snapshot } : undefined;
}

/** Whether Kopi-Docka wrote it as something of a point. */
export function isOfKopiDocka(snapshot: Snapshot): boolean {
  const isNamed = Boolean(tagOf(snapshot, "unit")) && Boolean(tagOf(snapshot, "backup_id"));
  return isNamed && partOf(snapshot) !== undefined;
}

const isWhole = ({ snapshot }: GroupedPart) =>
  snapshot.incomplete === undefined && Boolean(snapshot.rootEntry);

/** Kopia leaves a checkpoint behind where a run was killed, beside which a later one may be whole. */
function better(one: GroupedPart, other: GroupedPart): GroupedPart {
  if (isWhole(one) !== isWhole(other)) return isWhole(one) ? one : other;
  return one.snapshot.startTime >= other.snapshot.startTime ? one : other;
}

function eachOnce(parts: readonly GroupedPart[]): GroupedPart[] {
  const byId = Map.groupBy(parts, ({ kind, source }) => JSON.stringify([kind, source]));
  return [...byId.values()].map((same) => same.reduce(better));
}

/**
 * Snapshots belong together by unit, backup id and host, and by nothing else: times differ within a
 * point and are not always told, and ids of old versions are the same where two hosts begin in one
 * second.
 */
export function groupsOf(snapshots: readonly Snapshot[]): Group[] {
  const found = snapshots.filter(isOfKopiDocka).map((snapshot) => ({
    host: snapshot.source.host,
    unit: tagOf(snapshot, "unit") ?? "",
    backupId: tagOf(snapshot, "backup_id") ?? "",
    snapshot,
  }));
  const groups = Map.groupBy(found, ({ host, unit, backupId }) =>
    JSON.stringify([host, unit, backupId]),
  );
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const { host, unit, backupId } = first;
    const parts = members.flatMap(({ snapshot }) => partOf(snapshot) ?? []);
    return [{ host, unit, backupId, parts: eachOnce(parts) }];
  });
}

/** The one part of a kind of which there is one. */
export function partOfKind({ parts }: Group, kind: PartKind): GroupedPart | undefined {
  return parts.find((part) => part.kind === kind);
}

/**
 * Kopia takes a host for its name in small letters up to the first dot (kopia 0.22,
 * repo/userhost.go), while Stackhold's name is the engine's.
 */
export function isHost(group: Pick<Group, "host">, host: string): boolean {
  return group.host === host || group.host === host.toLowerCase().split(".")[0];
}

/** Whether a volume was stored as one tar stream: always before 5.0, which did not say so. */
export function isStream({ kind, snapshot }: GroupedPart): boolean {
  return kind === "volume" && tagOf(snapshot, "backup_format") !== "direct";
}
