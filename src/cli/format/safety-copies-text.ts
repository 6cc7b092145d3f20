import { roomFor } from "../../domain/room.ts";
import type { ListedSafetyCopy, SafetyRemoval } from "../../domain/safety-copies.ts";
import { counted } from "../../domain/text.ts";
import { bytes } from "../../events/amounts.ts";
import { type Look, minuteOf, plain } from "./list-text.ts";
import { type Column, layOut } from "./table.ts";

const states = {
  kept: "",
  needed: "needed: run stackhold recover",
  unfinished: "left by a restore that did not end: look at it by hand",
} as const;

const keptUntil = ({ expiresAt, state }: ListedSafetyCopy) =>
  expiresAt === undefined || state !== "kept" ? "" : minuteOf(expiresAt);

const columns: readonly Column<ListedSafetyCopy>[] = [
  { title: "UNIT", value: ({ unit }) => unit ?? "unknown", gives: "nothing" },
  {
    title: "SET ASIDE (UTC)",
    value: ({ createdAt }) => (createdAt === undefined ? "" : minuteOf(createdAt)),
    gives: 2,
  },
  { title: "DATA", value: (copy) => bytes(roomFor(copy)), align: "right", gives: "nothing" },
  { title: "ENTRIES", value: ({ files }) => String(files), align: "right", gives: 1 },
  { title: "KEPT UNTIL (UTC)", value: keptUntil, gives: 3 },
  { title: "NOTES", value: ({ state }) => states[state] },
];

/** Paths have lines of their own and are whole: people copy them. */
function copyTable(copies: readonly ListedSafetyCopy[], room: number | undefined): string[] {
  const { head, rows, notice } = layOut(columns, copies, { paint: plain, columns: room });
  const lines = copies.flatMap(({ target, path }, at) => [
    rows[at] ?? "",
    `  of ${target}`,
    `  at ${path}`,
  ]);
  return [head, ...lines, ...notice];
}

export function safetyCopiesText(
  copies: readonly ListedSafetyCopy[],
  look: Pick<Look, "columns">,
  unit?: string,
): string {
  if (copies.length === 0) return `There are no safety copies${unit ? ` of ${unit}` : ""}.`;
  return copyTable(copies, look.columns).join("\n");
}

/** A run has told each removal as it happened. */
export function safetyRemovalText(result: SafetyRemoval, look: Pick<Look, "columns">): string {
  const { removed, kept, freedBytes, dryRun } = result;
  const done = dryRun ? "would be removed" : "removed";
  const head = `${counted(removed.length, "safety copy", "safety copies")} ${done}, ${bytes(freedBytes)} ${dryRun ? "would be freed" : "freed"}`;
  return [
    ...(dryRun ? removed.map((copy) => `${copy.unit ?? "unknown unit"}: ${copy.path}`) : []),
    ...(kept.length === 0 ? [] : ["Kept:", ...copyTable(kept, look.columns)]),
    head,
    ...(dryRun ? ["This was a dry run: nothing was changed."] : []),
  ].join("\n");
}
