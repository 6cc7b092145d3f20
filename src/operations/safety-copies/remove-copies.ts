import { isInside } from "../../domain/refused-paths.ts";
import { roomFor } from "../../domain/room.ts";
import type { ListedSafetyCopy, SafetyRemoval } from "../../domain/safety-copies.ts";
import { didYouMean } from "../../domain/suggest.ts";
import { StackholdError } from "../../errors.ts";
import { bytes as inWords } from "../../events/amounts.ts";
import type { Context, Deps } from "../context.ts";
import { discoverUnits } from "../discover-units.ts";
import { type FoundCopy, findCopies } from "./find-copies.ts";
import { describeCopy } from "./list-copies.ts";

export interface RemoveCopiesInput {
  /** Of every unit where absent. */
  readonly unit?: string;
  readonly dryRun: boolean;
}

async function refuseUnknown(unit: string, found: readonly FoundCopy[], deps: Deps): Promise<void> {
  const { units } = await discoverUnits(deps.settings, deps);
  const known = new Set([
    ...units.map(({ name }) => name),
    ...found.flatMap(({ origin }) => origin?.unit ?? []),
  ]);
  if (known.has(unit)) return;
  throw new StackholdError("UNKNOWN_UNIT", `there is no unit "${unit}"${didYouMean(unit, known)}`, {
    hint: "stackhold list safety-copies shows what is kept, and of which unit",
  });
}

/** Removes one copy and says so. */
export async function removeCopy(
  copy: FoundCopy,
  why: string,
  deps: Deps,
  context: Context,
): Promise<ListedSafetyCopy> {
  const listed = await describeCopy(copy, deps);
  await deps.capture.forget(copy.swap);
  const { unit, target, createdAt = "an unknown time" } = listed;
  const of = unit === undefined ? {} : { unit };
  const message = `${why} the safety copy of ${target} from ${createdAt}: ${inWords(roomFor(listed))} freed`;
  context.emit({ type: "log", ...of, level: "info", message });
  return listed;
}

/** Of another unit mostly, which a later restore of what is around it took along. */
export function heldIn(copy: FoundCopy, all: readonly FoundCopy[]): FoundCopy | undefined {
  return all.find((other) => other !== copy && isInside(other.path, copy.path));
}

/** Those that lie in others first: whatever still lies in one keeps it. */
async function removeAll(
  unit: string | undefined,
  all: readonly FoundCopy[],
  dryRun: boolean,
  deps: Deps,
  context: Context,
): Promise<Pick<SafetyRemoval, "removed" | "kept">> {
  const removed: ListedSafetyCopy[] = [];
  const kept: ListedSafetyCopy[] = [];
  let left = all;
  for (const copy of all.toReversed()) {
    if (copy.origin?.unit !== unit) continue;
    context.signal.throwIfAborted();
    const held = heldIn(copy, left);
    if (held !== undefined) context.emit({ type: "warning", message: holding(copy, held) });
    const isKept = copy.isNeeded || copy.isUnfinished || held !== undefined;
    if (!isKept) left = left.filter((other) => other !== copy);
    if (isKept) kept.push(await describeCopy(copy, deps));
    else if (dryRun) removed.push(await describeCopy(copy, deps));
    else removed.push(await removeCopy(copy, "removed", deps, context));
  }
  return { removed, kept };
}

function holding(copy: FoundCopy, { origin, path }: FoundCopy): string {
  const whose = origin === undefined ? "an unknown unit" : origin.unit;
  return `the safety copy of ${copy.swap.target} stays: one of ${whose} lies in it, at ${path}`;
}

/** Under the lock of the unit, so that no restore is just making or using one of them. */
async function removeOf(
  unit: string | undefined,
  dryRun: boolean,
  deps: Deps,
  context: Context,
): Promise<Pick<SafetyRemoval, "removed" | "kept">> {
  const what = `removal of safety copies of ${unit}`;
  const lock =
    unit === undefined || dryRun
      ? undefined
      : await deps.locks.acquire(`unit/${unit}`, "run", what, context.signal);
  try {
    return await removeAll(unit, await findCopies(deps, context), dryRun, deps, context);
  } finally {
    await lock?.release();
  }
}

/**
 * Removes what restores have set aside. What a restore that is not rolled back needs stays, and so
 * does what one that did not end left behind: both are in the result.
 */
export async function removeSafetyCopies(
  { unit, dryRun }: RemoveCopiesInput,
  deps: Deps,
  context: Context,
): Promise<SafetyRemoval> {
  const found = await findCopies(deps, context);
  if (unit !== undefined) await refuseUnknown(unit, found, deps);
  const units = new Set(found.toReversed().map(({ origin }) => origin?.unit));
  const names = unit === undefined ? [...units].flatMap((name) => name ?? []) : [unit];
  if (!dryRun) context.emit({ type: "run.started", operation: "safety-copies", units: names });
  const removed: ListedSafetyCopy[] = [];
  const kept: ListedSafetyCopy[] = [];
  for (const one of units) {
    if (unit !== undefined && one !== unit) continue;
    const outcome = await removeOf(one, dryRun, deps, context);
    removed.push(...outcome.removed);
    kept.push(...outcome.kept);
  }
  const freedBytes = removed.reduce((sum, copy) => sum + roomFor(copy), 0);
  return { schemaVersion: 1, dryRun, removed, kept, freedBytes };
}
