import { roomFor } from "../../domain/room.ts";
import type { ListedSafetyCopy, SafetyRemoval } from "../../domain/safety-copies.ts";
import { counted } from "../../domain/text.ts";
import { bytes } from "../../events/amounts.ts";

const reasons = {
  kept: "",
  needed: "needed: run stackhold recover",
  unfinished: "left by a restore that did not end: look at it by hand",
} as const;

function minuteOf(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}

function copyLines(copy: ListedSafetyCopy): string[] {
  const { unit = "of an unknown unit", createdAt, expiresAt, target, path, state } = copy;
  const facts = [
    unit,
    createdAt === undefined ? "" : `set aside ${minuteOf(createdAt)}`,
    `${bytes(roomFor(copy))} in ${counted(copy.files, "entry", "entries")}`,
    expiresAt === undefined || state !== "kept" ? "" : `kept until ${minuteOf(expiresAt)}`,
    reasons[state],
  ].filter(Boolean);
  return [facts.join(" · "), `  of ${target}`, `  at ${path}`];
}

export function safetyCopiesText(copies: readonly ListedSafetyCopy[], unit?: string): string {
  if (copies.length === 0) return `There are no safety copies${unit ? ` of ${unit}` : ""}.`;
  return copies.flatMap(copyLines).join("\n");
}

/** A run has told each removal as it happened. */
export function safetyRemovalText(result: SafetyRemoval): string {
  const { removed, kept, freedBytes, dryRun } = result;
  const done = dryRun ? "would be removed" : "removed";
  const head = `${counted(removed.length, "safety copy", "safety copies")} ${done}, ${bytes(freedBytes)} ${dryRun ? "would be free" : "freed"}`;
  return [
    ...(dryRun ? removed.map((copy) => `${copy.unit ?? "unknown unit"}: ${copy.path}`) : []),
    ...kept.flatMap((copy) => ["Kept:", ...copyLines(copy)]),
    head,
    ...(dryRun ? ["This was a dry run: nothing was changed."] : []),
  ].join("\n");
}
