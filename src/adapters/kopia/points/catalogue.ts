import type { PointRef } from "../../../ports/repository.ts";
import type { CallOptions, KopiaClient } from "../client.ts";
import { listSnapshots, type Snapshot, snapshotListSchema, tagOf } from "../snapshots.ts";
import { type Recalled, recalled } from "./recalled.ts";
import { refOf } from "./tags.ts";

/** A snapshot of a point, told by its tags. */
export interface PointSnapshot {
  readonly ref: PointRef;
  readonly snapshot: Snapshot;
}

/** All snapshots of the repository, incomplete ones included; `recent` has what was done since by this process as well. */
export interface Catalogue extends Recalled<readonly Snapshot[]> {
  noteTaken(snapshot: Snapshot): void;
  noteDeleted(ids: readonly string[]): void;
}

export async function allSnapshots(
  client: Pick<KopiaClient, "ask">,
  flags: readonly string[] = [],
  options?: CallOptions,
): Promise<Snapshot[]> {
  return client.ask(snapshotListSchema, [...listSnapshots, ...flags], options);
}

export function createCatalogue(client: Pick<KopiaClient, "ask">): Catalogue {
  const taken = new Map<string, Snapshot>();
  const deleted = new Set<string>();
  const answer = recalled(async (options) => {
    const before = { taken: [...taken.keys()], deleted: [...deleted] };
    const all = await allSnapshots(client, ["--incomplete"], options);
    // What was done before it was asked is in the answer, unless somebody has undone it.
    for (const id of before.taken) taken.delete(id);
    for (const id of before.deleted) deleted.delete(id);
    return all;
  });
  return {
    ...answer,
    recent: async () => {
      const all = await answer.recent();
      const others = all.filter(({ id }) => !taken.has(id));
      return [...others, ...taken.values()].filter(({ id }) => !deleted.has(id));
    },
    noteTaken: (snapshot) => void taken.set(snapshot.id, snapshot),
    noteDeleted: (ids) => {
      for (const id of ids) deleted.add(id);
    },
  };
}

export function isComplete({ incomplete }: Pick<Snapshot, "incomplete">): boolean {
  return incomplete === undefined;
}

export function pointSnapshots(all: readonly Snapshot[]): PointSnapshot[] {
  return all.flatMap((snapshot) => {
    const ref = refOf(snapshot);
    return ref === undefined ? [] : [{ ref, snapshot }];
  });
}

export function isManifest({ snapshot }: PointSnapshot): boolean {
  return tagOf(snapshot, "type") === "manifest" && isComplete(snapshot);
}

export function isSame(one: PointRef, other: PointRef): boolean {
  return one.host === other.host && one.unit === other.unit && one.backupId === other.backupId;
}

/** One for each point. */
export function keyOf({ host, unit, backupId }: PointRef): string {
  return JSON.stringify([host, unit, backupId]);
}
