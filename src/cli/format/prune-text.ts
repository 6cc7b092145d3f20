import { parseBackupId } from "../../domain/backup-id.ts";
import { compareText } from "../../domain/compare-text.ts";
import type { PinResult, PruneResult } from "../../domain/point-results.ts";
import { aboutRepository } from "../../domain/repository-text.ts";
import { counted } from "../../domain/text.ts";
import { age } from "./age.ts";
import { bytes } from "./amounts.ts";
import { type Look, plain } from "./list-text.ts";
import { type Column, table } from "./table.ts";

type Told = Pick<PruneResult["deleted"][number], "unit" | "backupId" | "repository" | "reason">;

function doomedLines(points: readonly Told[]): string[] {
  return points.map(
    ({ unit, backupId, repository, reason }) =>
      `delete ${backupId} of ${unit} in ${repository}: ${reason}`,
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
    ...doomedLines(deleted.slice(0, shownBeforeAsking)),
    ...(more > 0 ? [`… and ${more} more, which --dry-run shows`] : []),
  ].join("\n");
}

interface Judged extends Told {
  readonly act: "keep" | "delete";
}

function judgedColumns(all: readonly Judged[], now: Date): Column<Judged>[] {
  const named = (title: string, value: (point: Judged) => string): Column<Judged>[] =>
    new Set(all.map(value)).size > 1 ? [{ title, value, gives: "nothing" }] : [];
  return [
    ...named("UNIT", ({ unit }) => unit),
    { title: "POINT", value: ({ backupId }) => backupId, gives: "nothing" },
    {
      title: "AGE",
      value: ({ backupId }) => {
        const time = parseBackupId(backupId);
        return time === undefined ? "" : age(time, now);
      },
      gives: 1,
    },
    ...named("REPOSITORY", ({ repository }) => repository),
    { title: "ACT", value: ({ act }) => act, gives: "nothing" },
    { title: "WHY", value: ({ reason }) => reason, gives: "nothing" },
  ];
}

/** Each unit's points in each repository together, the newest first. */
function judgedTable({ deleted, keptPoints = [] }: PruneResult, { columns, now }: Look): string[] {
  const all: Judged[] = [
    ...keptPoints.map((point) => ({ ...point, act: "keep" as const })),
    ...deleted.map((point) => ({ ...point, act: "delete" as const })),
  ];
  const place = ({ unit, repository }: Judged) => JSON.stringify([unit, repository]);
  const sorted = all.toSorted(
    (a, b) => compareText(place(a), place(b)) || compareText(b.backupId, a.backupId),
  );
  return sorted.length === 0
    ? []
    : table(judgedColumns(sorted, now), sorted, { paint: plain, columns });
}

/** A dry run also says what stays, and why; a run has told each deletion as it happened. */
export function pruneText(result: PruneResult, look: Look): string {
  const { deleted, dryRun, kept, freedBytes } = result;
  const gone = counted(deleted.length, "point");
  if (dryRun) {
    return [
      ...judgedTable(result, look),
      ...silent(result),
      deleted.length === 0
        ? `nothing to delete, ${kept} kept`
        : `${gone} would be deleted (about ${bytes(freedBytes)}), ${kept} kept.`,
      "This was a dry run: nothing was changed.",
    ].join("\n");
  }
  return [...silent(result), `${gone} deleted (${bytes(freedBytes)}), ${kept} kept`].join("\n");
}

export function pinText(result: PinResult): string {
  const { unit, backupId, pinned, repositories } = result;
  const state = pinned ? "pinned: it is never deleted" : "no longer pinned";
  const where = repositories.join(", ");
  return [`${backupId} of ${unit} in ${where} is ${state}`, ...silent(result)].join("\n");
}
