import { StackholdError } from "../../../errors.ts";
import type { PointRef } from "../../../ports/repository.ts";
import type { Snapshot } from "../snapshots.ts";
import { isManifest, isSame, pointSnapshots } from "./catalogue.ts";
import { comparedWith, isLater } from "./memory.ts";
import { pointIsThere } from "./point-errors.ts";
import { formatSource } from "./sources.ts";
import type { OwnSnapshot } from "./store-part.ts";

export function isPublished(ref: PointRef, all: readonly Snapshot[]): boolean {
  return pointSnapshots(all).some((one) => isSame(one.ref, ref) && isManifest(one));
}

/**
 * The last look before a point is published: none has its name, all of its trees are there, and Kopia compared each tree with the snapshot
 * of which is remembered what it read. Two Stackholds of one host name see nothing of each other until then.
 */
export function requireUndisturbed(
  repository: string,
  ref: PointRef,
  own: readonly OwnSnapshot[],
  all: readonly Snapshot[],
): void {
  if (isPublished(ref, all)) throw pointIsThere(repository, ref);
  for (const { id, source, comparedWith: remembered } of own) {
    const taken = all.find((snapshot) => snapshot.id === id);
    if (taken === undefined) throw disturbed(repository, "removed what this run had stored");
    if (remembered === undefined) continue;
    // What Kopia saved of this one on the way began when it did.
    const before = all.filter((one) => formatSource(one.source) === source && isLater(taken, one));
    if (comparedWith(before)?.id !== remembered) {
      throw disturbed(repository, "stored the same unit meanwhile");
    }
  }
}

function disturbed(repository: string, how: string): StackholdError {
  return new StackholdError("BACKUP_FAILED", `repository ${repository}: another Stackhold ${how}`, {
    hint: "give each machine a `host` of its own in its configuration, then run again",
  });
}
