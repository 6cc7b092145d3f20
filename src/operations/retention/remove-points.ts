import type { PruneResult } from "../../domain/point-results.ts";
import { asStackholdError, isErrorCode, StackholdError } from "../../errors.ts";
import { bytes } from "../../events/amounts.ts";
import type { Repository } from "../../ports/repository.ts";
import type { Context, Deps } from "../context.ts";
import type { Verdict } from "./judge.ts";

export type DeletedPoint = PruneResult["deleted"][number];

export interface Removal {
  readonly deleted: readonly DeletedPoint[];
  /** Why the rest stays. */
  readonly error: StackholdError | undefined;
}

type RemovalDeps = Pick<Deps, "history">;

/** In Kopia points share what they hold, and nothing goes before maintenance finds that nobody needs it. */
function freedText({ kind }: Repository, freedBytes: number): string {
  return kind === "kopia"
    ? "what no other point holds is freed by maintenance"
    : `freed ${bytes(freedBytes)}`;
}

async function removeOne(
  repository: Repository,
  { point, reason }: Verdict,
  { history }: RemovalDeps,
  emit: Context["emit"],
): Promise<DeletedPoint[]> {
  const { host, unit, backupId } = point;
  const what = `point ${backupId} of ${unit} in ${repository.name}`;
  try {
    const { freedBytes } = await repository.remove({ host, unit, backupId });
    history.forgetVerifications({ repository: repository.name, host, unit, backupId });
    const message = `deleted ${what}: ${reason}, ${freedText(repository, freedBytes)}`;
    emit({ type: "log", unit, level: "info", message });
    return [{ unit, backupId, repository: repository.name, reason, freedBytes }];
  } catch (error) {
    // Gone or pinned since it was judged: both are as somebody wished.
    if (isErrorCode(error, "UNKNOWN_POINT")) return [];
    if (!isErrorCode(error, "POINT_PINNED")) throw error;
    emit({ type: "log", unit, level: "info", message: `kept ${what}: pinned just now` });
    return [];
  }
}

/**
 * Removes what is not to be kept from a repository, the oldest first. What cannot be removed ends
 * this repository's turn and is in the answer; so does cancelling, between two points.
 */
export async function removePoints(
  repository: Repository,
  verdicts: readonly Verdict[],
  deps: RemovalDeps,
  { signal, emit }: Pick<Context, "signal" | "emit">,
): Promise<Removal> {
  const deleted: DeletedPoint[] = [];
  const doomed = verdicts.filter(
    ({ keep, point }) => !keep && point.repository === repository.name,
  );
  try {
    for (const verdict of doomed.toReversed()) {
      if (signal.aborted) throw new StackholdError("CANCELLED", "cancelled: the other points stay");
      deleted.push(...(await removeOne(repository, verdict, deps, emit)));
    }
    return { deleted, error: undefined };
  } catch (error) {
    return { deleted, error: asStackholdError(error) };
  }
}

export function freedBy(deleted: readonly Pick<DeletedPoint, "freedBytes">[]): number {
  return deleted.reduce((sum, point) => sum + point.freedBytes, 0);
}
