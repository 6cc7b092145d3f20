import type { PointRef } from "../../../ports/repository.ts";
import type { KopiaClient } from "../client.ts";
import { listSnapshots, type Snapshot, snapshotListSchema, tagOf } from "../snapshots.ts";
import { refOf } from "./tags.ts";

/** A snapshot of a point, told by its tags. */
export interface PointSnapshot {
  readonly ref: PointRef;
  readonly snapshot: Snapshot;
}

export async function allSnapshots(
  client: Pick<KopiaClient, "ask">,
  flags: readonly string[] = [],
): Promise<Snapshot[]> {
  return client.ask(snapshotListSchema, [...listSnapshots, ...flags]);
}

export function pointSnapshots(all: readonly Snapshot[]): PointSnapshot[] {
  return all.flatMap((snapshot) => {
    const ref = refOf(snapshot);
    return ref === undefined ? [] : [{ ref, snapshot }];
  });
}

export function isManifest({ snapshot }: PointSnapshot): boolean {
  return tagOf(snapshot, "type") === "manifest" && snapshot.incomplete === undefined;
}

export function isSame(one: PointRef, other: PointRef): boolean {
  return one.host === other.host && one.unit === other.unit && one.backupId === other.backupId;
}

/** One for each point. */
export function keyOf({ host, unit, backupId }: PointRef): string {
  return JSON.stringify([host, unit, backupId]);
}
