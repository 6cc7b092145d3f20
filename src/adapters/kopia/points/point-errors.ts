import { StackholdError } from "../../../errors.ts";
import type { PointRef } from "../../../ports/repository.ts";

export function unknownPoint(repository: string, ref: PointRef): StackholdError {
  return new StackholdError(
    "UNKNOWN_POINT",
    `repository ${repository} has no point ${ref.backupId} of ${ref.unit} on ${ref.host}`,
    { hint: "see: stackhold list points" },
  );
}

export function pointIsThere(repository: string, ref: PointRef): StackholdError {
  return new StackholdError(
    "BACKUP_FAILED",
    `repository ${repository} already has a point ${ref.backupId} of ${ref.unit}`,
    { hint: "run the backup again: it gets an id of its own" },
  );
}

export function newerFormat(repository: string, ref: PointRef): StackholdError {
  return new StackholdError(
    "NEWER_FORMAT",
    `repository ${repository}: point ${ref.backupId} of ${ref.unit} was written by a newer Stackhold`,
    { hint: "use that version or a later one here" },
  );
}

export function damagedPoint(repository: string, ref: PointRef, why: string): StackholdError {
  return new StackholdError(
    "POINT_DAMAGED",
    `repository ${repository}: point ${ref.backupId} of ${ref.unit} is damaged: ${why}`,
  );
}
