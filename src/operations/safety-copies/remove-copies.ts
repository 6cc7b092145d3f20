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

async function removeAll(
  copies: readonly FoundCopy[],
  dryRun: boolean,
  deps: Deps,
  context: Context,
): Promise<Pick<SafetyRemoval, "removed" | "kept">> {
  const removed: ListedSafetyCopy[] = [];
  const kept: ListedSafetyCopy[] = [];
  for (const copy of copies) {
    context.signal.throwIfAborted();
    if (copy.isNeeded || copy.isUnfinished) kept.push(await describeCopy(copy, deps));
    else if (dryRun) removed.push(await describeCopy(copy, deps));
    else removed.push(await removeCopy(copy, "removed", deps, context));
  }
  return { removed, kept };
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
    const now = (await findCopies(deps, context)).filter(({ origin }) => origin?.unit === unit);
    return await removeAll(now, dryRun, deps, context);
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
  const units = new Set(found.map(({ origin }) => origin?.unit));
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
