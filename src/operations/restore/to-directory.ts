import { basename } from "node:path";
import { digest } from "../../digest.ts";
import type { ChosenPart, InnerPart } from "../../domain/choose-parts.ts";
import { type PartId, partDirectory, partStem } from "../../domain/part.ts";
import { StackholdError } from "../../errors.ts";
import type { Swap } from "../../ports/capture.ts";
import { type Context, type Deps, step } from "../context.ts";
import { progressReporter } from "../progress.ts";
import { withFewWarnings } from "./few-warnings.ts";
import type { LocatedPoint } from "./locate-point.ts";
import { noteStages, type StageNote } from "./note-stages.ts";
import { notInside } from "./plan-swaps.ts";
import { requireSpace } from "./require-space.ts";
import { verifyFirst } from "./verify-first.ts";

function placeOf(part: PartId, directory: string): string {
  return `${directory}/${partDirectory(part, digest)}`;
}

/** Where each of what was chosen comes to lie; a single path below its part. */
export function placesOf({ part, only }: ChosenPart, directory: string): string[] {
  return only?.map((inner) => innerPlace(inner, directory)) ?? [placeOf(part, directory)];
}

function innerPlace({ within, ...id }: InnerPart, directory: string): string {
  const place = placeOf(id, directory);
  return within === undefined ? place : `${place}/${within}`;
}

/** What a new file system has of its own, and what a restore that was killed has staged. */
const noContent = ["lost+found", ".stackhold-safety"];

/** Parts of two points, or of a point and something else, must not be taken for one another. */
async function refuseContent(directory: string, deps: Deps): Promise<void> {
  const refuse = (why: string) =>
    new StackholdError("USAGE", `${directory} cannot take the parts: ${why}`, {
      hint: "name a directory that is empty or not there yet; nothing was written",
    });
  const { type } = await deps.capture.probe(directory);
  if (type === "missing") return;
  if (type !== "directory") throw refuse("it is not a directory");
  const {
    directories = [],
    files = [],
    others = [],
  } = (await deps.stackFiles.list(directory)) ?? {};
  const content = [...directories, ...files, ...others].filter((name) => !noContent.includes(name));
  const [first, ...more] = content;
  if (first === undefined) return;
  const rest = more.length === 0 ? "" : ` and ${more.length} more`;
  throw refuse(`it holds ${first}${rest}`);
}

/** What a restore into a directory cannot do is known before anything is written. */
export async function refuseImpossible(
  chosen: readonly ChosenPart[],
  directory: string,
  deps: Deps,
): Promise<void> {
  await refuseContent(directory, deps);
  const arrivals = chosen.map(({ part }) => ({ part, path: directory }));
  await requireSpace(arrivals, deps);
}

interface Staged extends ChosenPart {
  /** The whole part. */
  readonly swap: Swap;
}

async function extractAll(
  stages: readonly Staged[],
  point: LocatedPoint,
  deps: Deps,
  context: Context,
): Promise<void> {
  const { unit } = point.reader.manifest;
  for (const { part, swap } of stages) {
    context.signal.throwIfAborted();
    const onProgress = progressReporter(
      { unit, subject: partStem(part) },
      deps.clock,
      context.emit,
    );
    const staged = await deps.capture.prepare(swap);
    await withFewWarnings(unit, context, (onWarning) =>
      point.reader.extract(part, staged, { signal: context.signal, onProgress, onWarning }),
    );
  }
}

/** A mount's data gets a place of its own, like any part: a file lies in a directory. */
async function takeOut(
  inner: InnerPart,
  whole: Staged,
  directory: string,
  note: StageNote,
  deps: Deps,
  context: Context,
): Promise<Swap> {
  const from = `${whole.swap.staged}/${inner.path}`;
  const { type } = await deps.capture.probe(from);
  if (type !== "directory" && type !== "file") throw notInside(inner.path, whole.part);
  const place = innerPlace(inner, directory);
  const isBare = inner.within === undefined && type === "file";
  const target = isBare ? `${place}/${basename(inner.path)}` : place;
  const swap = await deps.capture.planSwap(target, context.runId, type);
  await note.add([swap]);
  await deps.capture.restage(from, swap);
  return swap;
}

/**
 * Unpacks what was chosen beside its place while the point is verified, then moves it in: a damaged
 * point leaves nothing behind. One part after another, since each fills the disk's queue alone.
 */
export async function restoreToDirectory(
  point: LocatedPoint,
  chosen: readonly ChosenPart[],
  directory: string,
  deps: Deps,
  context: Context,
): Promise<void> {
  const { unit } = point.reader.manifest;
  await refuseImpossible(chosen, directory, deps);
  const stages: Staged[] = [];
  for (const one of chosen) {
    const place = placeOf(one.part, directory);
    const swap = await deps.capture.planSwap(place, context.runId, "directory");
    stages.push({ ...one, swap });
  }
  const taken: Swap[] = [];
  const note = await noteStages(unit, deps, context);
  const parts = chosen.map(({ part }) => part);
  try {
    await note.add(stages.map(({ swap }) => swap));
    await step("stage", unit, deps.clock, context, async () => {
      const outcomes = await Promise.allSettled([
        verifyFirst(point, parts, deps, context),
        extractAll(stages, point, deps, context),
      ]);
      const failed = outcomes.find((outcome) => outcome.status === "rejected");
      if (failed !== undefined) throw failed.reason;
      for (const stage of stages) {
        for (const inner of stage.only ?? []) {
          taken.push(await takeOut(inner, stage, directory, note, deps, context));
        }
      }
    });
    const whole = stages.filter(({ only }) => only === undefined).map(({ swap }) => swap);
    for (const swap of [...whole, ...taken]) await deps.capture.swap(swap);
  } finally {
    for (const swap of [...taken, ...stages.map((stage) => stage.swap)]) {
      await deps.capture.discard(swap);
    }
    await note.close();
  }
}
