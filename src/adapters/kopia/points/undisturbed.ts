import { StackholdError } from "../../../errors.ts";
import type { Snapshot } from "../snapshots.ts";
import { comparedWith, isLater } from "./memory.ts";
import { formatSource } from "./sources.ts";
import type { OwnSnapshot } from "./store-part.ts";

/**
 * The last look before a point is published: all of its snapshots are there, and Kopia compared each tree with the snapshot
 * of which is remembered what it read. Two Stackholds of one host name see nothing of each other until then.
 */
export function requireUndisturbed(
  repository: string,
  own: readonly OwnSnapshot[],
  all: readonly Snapshot[],
): void {
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
