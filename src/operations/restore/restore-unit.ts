import type { ChosenPart } from "../../domain/choose-parts.ts";
import { restoreHooks } from "../../domain/hooks.ts";
import type { RestoredCopy, RestoreResult } from "../../domain/results.ts";
import { asStackholdError, isErrorCode, messageOf, StackholdError } from "../../errors.ts";
import type { RunStatus } from "../../events/event.ts";
import type { Lock } from "../../ports/locks.ts";
import { type Context, type Deps, step } from "../context.ts";
import { checkHooks, type HookedRun, withHooks } from "../hooks/with-hooks.ts";
import { recoverUnits } from "../recover/recover-units.ts";
import { expireSafetyCopies } from "../safety-copies/expire-copies.ts";
import { type Restored, restoreInPlace } from "./in-place.ts";
import { chosenFrom, lackingParts, lackingText } from "./lacking-parts.ts";
import { type LocatedPoint, locatePoint } from "./locate-point.ts";
import { partResults } from "./part-results.ts";
import { planInPlace } from "./plan-in-place.ts";
import { compareProject, type ProjectFiles } from "./project-files.ts";
import { restoreActions } from "./restore-actions.ts";
import type { RestoreInput, RestoreTarget } from "./restore-input.ts";
import { surroundingsOf } from "./surroundings.ts";
import { refuseImpossible, restoreToDirectory } from "./to-directory.ts";
import { restoreToProject } from "./to-project/to-project.ts";
import { scriptActions, writeScripts } from "./to-script.ts";
import { verifyFirst } from "./verify-first.ts";

const untouched: Restored = {
  downtimeMs: 0,
  safetyCopy: [],
  running: false,
  healthy: false,
  warnings: [],
  error: undefined,
};

function targetText(target: RestoreTarget): string {
  if (target.kind === "project") return `project:${target.name}`;
  return target.kind === "in-place" ? target.kind : `${target.kind}:${target.directory}`;
}

function refuseParts(input: RestoreInput): void {
  if (input.parts.length === 0) return;
  throw new StackholdError("USAGE", "--part and --service do not go with --to project:NAME", {
    hint: "a copy of a stack is made whole; they go with in-place and directory:DIR",
  });
}

/** `told`: warnings that were known before. */
async function carryOut(
  point: LocatedPoint,
  chosen: readonly ChosenPart[],
  input: RestoreInput,
  told: readonly string[],
  deps: Deps,
  context: Context,
): Promise<{
  restored: Restored;
  actions?: readonly string[];
  projectFiles?: ProjectFiles;
  copy?: RestoredCopy;
  files?: readonly string[];
}> {
  if (input.to.kind === "project") {
    refuseParts(input);
    const made = await restoreToProject(point, input.to.name, input, deps, context);
    if ("actions" in made) return { restored: untouched, actions: made.actions };
    const { copy, running, surroundings, warnings } = made;
    const restored = { ...untouched, running, healthy: running, surroundings, warnings };
    return { restored, copy };
  }
  if (input.to.kind === "directory") {
    const { directory } = input.to;
    if (input.dryRun) {
      await refuseImpossible(chosen, directory, deps);
      return { restored: untouched, actions: restoreActions(point, chosen, input) };
    }
    await restoreToDirectory(point, chosen, directory, deps, context);
    return { restored: untouched };
  }
  if (input.to.kind === "script") {
    const { directory } = input.to;
    if (input.dryRun) {
      return {
        restored: untouched,
        actions: await scriptActions(point, chosen, directory, input, deps),
      };
    }
    const files = await writeScripts(point, chosen, directory, input, deps, context);
    return { restored: untouched, files };
  }
  await deps.capture.tools();
  if (input.dryRun) {
    await checkHooks(restoreHooks(input.policy), deps);
    const plan = await planned(point, chosen, input, deps, context);
    const projectFiles = await compareProject(point, plan, input, deps, context);
    return {
      restored: { ...untouched, surroundings: surroundingsOf(plan) },
      actions: restoreActions(point, chosen, input, plan),
      ...(projectFiles ? { projectFiles } : {}),
    };
  }
  await deps.engine.checkWritable();
  return { restored: await restoreHooked(point, chosen, input, told, deps, context) };
}

function planned(
  { reader }: LocatedPoint,
  chosen: readonly ChosenPart[],
  input: RestoreInput,
  deps: Deps,
  context: Context,
) {
  return step("plan", reader.manifest.unit, deps.clock, context, () =>
    planInPlace(reader, chosen, input, deps, context),
  );
}

/** In place, with the unit's hooks around it; planned after the first of them. */
async function restoreHooked(
  point: LocatedPoint,
  chosen: readonly ChosenPart[],
  input: RestoreInput,
  told: readonly string[],
  outer: Deps,
  context: Context,
): Promise<Restored> {
  const { unit, backupId } = point.reader.manifest;
  const run: HookedRun = {
    plan: restoreHooks(input.policy),
    unit,
    backupId,
    operation: "restore",
    ready: () => Promise.resolve(),
    onWarning: (message) => context.emit({ type: "warning", unit, message }),
  };
  return withHooks(run, outer, context, async ({ deps, begin, post }) => {
    const parts = chosen.map(({ part }) => part);
    await checkHooks(run.plan, deps);
    await step("verify", unit, deps.clock, context, () => verifyFirst(point, parts, deps, context));
    if (run.plan.begin.length > 0) await step("pre", unit, deps.clock, context, begin);
    const plan = await planned(point, chosen, input, deps, context);
    const restored = await restoreInPlace(point, plan, input, deps, context);
    const spoilt = await post(statusOf(withTold(restored, told)), restored.running);
    return { ...restored, warnings: [...restored.warnings, ...spoilt] };
  });
}

function withTold(restored: Restored, told: readonly string[]): Restored {
  return { ...restored, warnings: [...told, ...restored.warnings] };
}

function statusOf(restored: Restored): RunStatus {
  if (restored.error !== undefined) return "failed";
  return restored.warnings.length > 0 ? "warning" : "succeeded";
}

/**
 * Puts right what a dead run left and takes the unit's lock. A restore into a directory goes on
 * without, where the state directory cannot be used; a dry run changes nothing there, and scripts
 * touch nothing of the unit.
 */
async function takeUnit(
  input: RestoreInput,
  deps: Deps,
  context: Context,
): Promise<Lock | undefined> {
  const { unit, dryRun, to } = input;
  if (dryRun || to.kind === "script") return undefined;
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      const isUnusable = isErrorCode(error, "TOOL_FAILED") || isErrorCode(error, "LEFT_DOWN");
      if (!isUnusable || to.kind !== "directory") throw error;
      const message = `the state directory is not used: ${messageOf(error)}`;
      context.emit({ type: "warning", unit, message });
      return undefined;
    }
  };
  await attempt(() => recoverUnits(deps, context, unit));
  const what = `restore of ${unit}`;
  return attempt(() => deps.locks.acquire(`unit/${unit}`, "run", what, context.signal));
}

/**
 * Brings a point back. Throws with everything as it was before (rolled back where something was
 * done); a unit that is restored but does not run as it should is in the result's `error`.
 */
export async function restoreUnit(
  asked: RestoreInput,
  deps: Deps,
  context: Context,
): Promise<RestoreResult> {
  const startedAt = deps.clock.now().toISOString();
  await using _lock = await takeUnit(asked, deps, context);
  // A point that is not there makes no run.
  const point = await locatePoint(asked, deps);
  const { input, chosen } = await chosenFrom(asked, point, deps, context);
  if (!input.dryRun) {
    context.emit({ type: "run.started", operation: "restore", units: [input.unit] });
  }
  const record = {
    runId: context.runId,
    operation: "restore",
    trigger: "manual",
    startedAt,
    units: [input.unit],
  };
  const target = targetText(input.to);
  if (!input.dryRun) deps.history.startRun({ ...record, status: "running", result: { target } });
  const ended = (status: RunStatus, result: unknown) => {
    if (input.dryRun) return;
    deps.history.finishRun({
      ...record,
      status,
      finishedAt: deps.clock.now().toISOString(),
      result,
    });
  };
  try {
    if (!input.dryRun && input.to.kind === "in-place") {
      await expireSafetyCopies([input.unit], deps, context);
    }
    const parts = await partResults(chosen, point.reader, context.signal);
    const lacking = await lackingParts(asked, point, deps, context);
    const told = lacking.map((one) => lackingText(one, point));
    const done = await carryOut(point, chosen, input, told, deps, context);
    const { actions, projectFiles, copy, files } = done;
    const restored = withTold(done.restored, told);
    const result: RestoreResult = {
      schemaVersion: 1,
      unit: input.unit,
      backupId: point.reader.manifest.backupId,
      repository: point.repository.name,
      target,
      dryRun: input.dryRun,
      status: statusOf(restored),
      startedAt,
      finishedAt: deps.clock.now().toISOString(),
      downtimeMs: restored.downtimeMs,
      parts,
      ...(lacking.length === 0 ? {} : { lacking }),
      ...(restored.safetyCopy.length === 0 ? {} : { safetyCopy: [...restored.safetyCopy] }),
      running: restored.running,
      healthy: restored.healthy,
      ...(projectFiles === undefined ? {} : { projectFiles }),
      ...(copy === undefined ? {} : { copy }),
      ...restored.surroundings,
      ...(files === undefined ? {} : { files: [...files] }),
      warnings: [...restored.warnings],
      ...(actions === undefined ? {} : { actions: [...actions] }),
      ...(restored.error === undefined ? {} : { error: restored.error.toDocument().error }),
    };
    ended(result.status, result);
    return result;
  } catch (error) {
    const told = asStackholdError(error);
    ended(told.code === "CANCELLED" ? "cancelled" : "failed", { ...told.toDocument(), target });
    throw error;
  }
}
