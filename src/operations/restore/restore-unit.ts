import type { Manifest } from "../../domain/manifest.ts";
import type { RestoredCopy, RestoreResult } from "../../domain/results.ts";
import { asStackholdError, StackholdError } from "../../errors.ts";
import type { RunStatus } from "../../events/event.ts";
import { type Context, type Deps, step } from "../context.ts";
import { recoverUnits } from "../recover/recover-units.ts";
import { type InPlacePlan, type Restored, restoreInPlace } from "./in-place.ts";
import { type LocatedPoint, locatePoint } from "./locate-point.ts";
import { placements } from "./placements.ts";
import { planStop } from "./plan-stop.ts";
import { requireImages } from "./require-images.ts";
import { requireSpace } from "./require-space.ts";
import { restoreActions } from "./restore-actions.ts";
import type { RestoreInput, RestoreTarget } from "./restore-input.ts";
import { survey } from "./survey.ts";
import { restoreToDirectory } from "./to-directory.ts";
import { restoreToProject } from "./to-project/to-project.ts";
import { verifyFirst } from "./verify-first.ts";

const untouched: Restored = {
  downtimeMs: 0,
  safetyCopy: [],
  running: false,
  healthy: false,
  warnings: [],
  error: undefined,
};

export function targetText(target: RestoreTarget): string {
  if (target.kind === "project") return `project:${target.name}`;
  return target.kind === "directory" ? `directory:${target.directory}` : "in-place";
}

function refuseLoneContainer(manifest: Manifest, missing: number): void {
  if (manifest.kind !== "standalone" || missing === 0) return;
  throw new StackholdError(
    "NOT_AVAILABLE",
    `the container ${manifest.unit} is gone, and creating standalone containers is not available in this version`,
    { hint: "create it again by hand and run this again, or restore with --to directory:DIR" },
  );
}

async function planInPlace(
  point: LocatedPoint,
  input: RestoreInput,
  deps: Deps,
  context: Context,
): Promise<InPlacePlan> {
  const { manifest } = point.reader;
  const now = await survey(manifest, deps);
  refuseLoneContainer(manifest, now.missing.length);
  const placed = placements(manifest, now);
  const targets = placed.flatMap(({ target }) => (target === undefined ? [] : [target]));
  const stop = planStop(manifest, now, targets, input.policy);
  if (now.missing.length > 0) await deps.composer.version();
  if (!input.dryRun) await requireImages(now.missing, deps, context);
  await requireSpace(placed, (await deps.engine.info()).dataRoot, deps);
  return { placed, occupied: await occupiedAmong(targets, deps), now, stop };
}

async function occupiedAmong(targets: readonly string[], deps: Deps): Promise<Set<string>> {
  const probes = await Promise.all(targets.map((target) => deps.capture.probe(target)));
  return new Set(targets.filter((_, index) => probes[index]?.type !== "missing"));
}

async function carryOut(
  point: LocatedPoint,
  input: RestoreInput,
  deps: Deps,
  context: Context,
): Promise<{ restored: Restored; actions?: readonly string[]; copy?: RestoredCopy }> {
  const { unit } = point.reader.manifest;
  if (input.to.kind === "project") {
    const made = await restoreToProject(point, input.to.name, input, deps, context);
    if ("actions" in made) return { restored: untouched, actions: made.actions };
    const { copy, running, warnings } = made;
    return { restored: { ...untouched, running, healthy: running, warnings }, copy };
  }
  if (input.to.kind === "directory") {
    const { directory } = input.to;
    if (input.dryRun) return { restored: untouched, actions: restoreActions(point, input) };
    await restoreToDirectory(point, directory, deps, context);
    return { restored: untouched };
  }
  await deps.capture.tools();
  if (!input.dryRun) {
    await deps.engine.checkWritable();
    await step("verify", unit, deps.clock, context, () => verifyFirst(point, deps, context));
  }
  const plan = await step("plan", unit, deps.clock, context, () =>
    planInPlace(point, input, deps, context),
  );
  if (input.dryRun) return { restored: untouched, actions: restoreActions(point, input, plan) };
  return { restored: await restoreInPlace(point, plan, input, deps, context) };
}

function statusOf(restored: Restored): RunStatus {
  if (restored.error !== undefined) return "failed";
  return restored.warnings.length > 0 ? "warning" : "succeeded";
}

/**
 * Brings a point back. Throws with everything as it was before (rolled back where something was
 * done); a unit that is restored but does not run as it should is in the result's `error`.
 */
export async function restoreUnit(
  input: RestoreInput,
  deps: Deps,
  context: Context,
): Promise<RestoreResult> {
  const startedAt = deps.clock.now().toISOString();
  const what = `restore of ${input.unit}`;
  if (!input.dryRun) await recoverUnits(deps, context, input.unit);
  await using _lock = await deps.locks.acquire(`unit/${input.unit}`, "run", what, context.signal);
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
  if (!input.dryRun) deps.history.startRun({ ...record, status: "running" });
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
    const point = await locatePoint(input, deps);
    const { restored, actions, copy } = await carryOut(point, input, deps, context);
    const result: RestoreResult = {
      schemaVersion: 1,
      unit: input.unit,
      backupId: point.reader.manifest.backupId,
      repository: point.repository.name,
      target: targetText(input.to),
      dryRun: input.dryRun,
      status: statusOf(restored),
      startedAt,
      finishedAt: deps.clock.now().toISOString(),
      downtimeMs: restored.downtimeMs,
      parts: point.reader.manifest.parts.map(({ kind, name, bytes, files }) => ({
        kind,
        name,
        bytes,
        files,
      })),
      ...(restored.safetyCopy.length === 0 ? {} : { safetyCopy: [...restored.safetyCopy] }),
      running: restored.running,
      healthy: restored.healthy,
      ...(copy === undefined ? {} : { copy }),
      warnings: [...restored.warnings],
      ...(actions === undefined ? {} : { actions: [...actions] }),
      ...(restored.error === undefined ? {} : { error: restored.error.toDocument().error }),
    };
    ended(result.status, result);
    return result;
  } catch (error) {
    const told = asStackholdError(error);
    ended(told.code === "CANCELLED" ? "cancelled" : "failed", told.toDocument());
    throw error;
  }
}
