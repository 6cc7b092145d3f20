import { parseBackupId } from "../../../domain/backup-id.ts";
import type { Scope } from "../../../domain/manifest.ts";
import { scopes } from "../../../domain/manifest.ts";
import { type Snapshot, tagOf } from "../snapshots.ts";
import { type Group, partOfKind } from "./groups.ts";

/** Kopia's zero time lies before 1970. */
function instantOf(text: string | undefined): number | undefined {
  const instant = Date.parse(text ?? "");
  return instant > 0 ? instant : undefined;
}

/** Versions before 7 wrote the time of the host's zone without saying so: it is taken for UTC. */
function taggedTime(snapshot: Snapshot): number | undefined {
  const text = tagOf(snapshot, "timestamp") ?? "";
  return instantOf(/([Zz]|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}

function startOf(snapshot: Snapshot): number | undefined {
  return instantOf(snapshot.startTime) ?? taggedTime(snapshot) ?? instantOf(snapshot.endTime);
}

const told = (instants: readonly (number | undefined)[]) =>
  instants.filter((instant) => instant !== undefined);

const rfc3339 = (instant: number) => new Date(instant).toISOString();

/** When it was begun and ended, RFC 3339. Ids of 1.x are the time of their run. */
export function timesOf({ backupId, parts }: Group): {
  readonly createdAt: string;
  readonly finishedAt: string;
} {
  const starts = told(parts.map(({ snapshot }) => startOf(snapshot)));
  const ends = told(parts.map(({ snapshot }) => instantOf(snapshot.endTime)));
  const begun = parseBackupId(backupId)?.getTime() ?? Math.min(...starts);
  const createdAt = Number.isFinite(begun) ? begun : 0;
  return { createdAt: rfc3339(createdAt), finishedAt: rfc3339(Math.max(createdAt, ...ends)) };
}

/** As its run said; versions that did not say it are told by what they stored. */
export function scopeOf(group: Group): Scope {
  const said = group.parts.map(({ snapshot }) => tagOf(snapshot, "backup_scope"));
  const scope = scopes.find((known) => said.includes(known));
  if (scope !== undefined) return scope;
  if (partOfKind(group, "engine") !== undefined) return "full";
  return partOfKind(group, "recipe") === undefined ? "minimal" : "standard";
}

/** Kopia keeps what is pinned: a point is, where all of it is. */
export function isPinned({ parts }: Group): boolean {
  return parts.every(({ snapshot }) => (snapshot.pins ?? []).length > 0);
}
