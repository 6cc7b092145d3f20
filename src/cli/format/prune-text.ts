import type { PinResult, PruneResult } from "../../domain/point-results.ts";
import { aboutRepository } from "../../domain/repository-text.ts";
import { counted } from "../../domain/text.ts";
import { bytes } from "./amounts.ts";

type Told = Pick<PruneResult["deleted"][number], "unit" | "backupId" | "repository" | "reason">;

function lines(verb: string, points: readonly Told[]): string[] {
  return points.map(
    ({ unit, backupId, repository, reason }) =>
      `${verb} ${backupId} of ${unit} in ${repository}: ${reason}`,
  );
}

function silent({ unreachable }: Pick<PruneResult, "unreachable">): string[] {
  return unreachable.map(({ name, error }) => aboutRepository(name, error.message));
}

const shownBeforeAsking = 20;

/** What a person is asked to agree to. */
export function doomedText({ deleted }: PruneResult): string {
  const more = deleted.length - shownBeforeAsking;
  return [
    ...lines("delete", deleted.slice(0, shownBeforeAsking)),
    ...(more > 0 ? [`… and ${more} more, which --dry-run shows`] : []),
  ].join("\n");
}

/** A dry run also says what stays, and why; a run has told each deletion as it happened. */
export function pruneText(result: PruneResult): string {
  const { deleted, dryRun, kept, keptPoints = [], freedBytes } = result;
  const gone = counted(deleted.length, "point");
  if (dryRun) {
    return [
      ...lines("keep", keptPoints),
      ...lines("delete", deleted),
      ...silent(result),
      deleted.length === 0
        ? `nothing to delete, ${kept} kept`
        : `${gone} would be deleted (about ${bytes(freedBytes)}), ${kept} kept.`,
      "This was a dry run: nothing was changed.",
    ].join("\n");
  }
  return [...silent(result), `${gone} deleted, ${kept} kept, ${bytes(freedBytes)} freed`].join(
    "\n",
  );
}

export function pinText(result: PinResult): string {
  const { unit, backupId, pinned, repositories } = result;
  const state = pinned ? "pinned: it is never deleted" : "no longer pinned";
  const where = repositories.join(", ");
  return [`${backupId} of ${unit} in ${where} is ${state}`, ...silent(result)].join("\n");
}
