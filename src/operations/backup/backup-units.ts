import { nextBackupId } from "../../domain/backup-id.ts";
import type { BackupResult, UnitResult } from "../../domain/results.ts";
import type { Unit } from "../../domain/unit.ts";
import type { RunStatus } from "../../events/event.ts";
import type { Lock } from "../../ports/locks.ts";
import { bytesOfParts, isOwn, type Repository } from "../../ports/repository.ts";
import { type Context, type Deps, step } from "../context.ts";
import { discoverUnits } from "../discover-units.ts";
import { knownGaps } from "../known-gaps.ts";
import { policyOf } from "../policy-of.ts";
import { recoverUnits } from "../recover/recover-units.ts";
import { keepUp } from "../repositories/keep-up.ts";
import { expireSafetyCopies } from "../safety-copies/expire-copies.ts";
import { sweepSpools } from "../sweep-spools.ts";
import { applyRetention } from "./apply-retention.ts";
import type { BackupInput } from "./backup-input.ts";
import { diskUse } from "./disk-use.ts";
import { chooseRepositories, openRepositories } from "./open-repositories.ts";
import { recordRun } from "./record-run.ts";
import type { Run } from "./run.ts";
import { runUnits } from "./run-units.ts";
import { selectUnits, unknownMentions } from "./select-units.ts";

async function lockUnits(units: readonly Unit[], deps: Deps, context: Context): Promise<Lock[]> {
  const locks: Lock[] = [];
  try {
    for (const unit of units) {
      const what = `backup of ${unit.name}`;
      locks.push(await deps.locks.acquire(`unit/${unit.name}`, "run", what, context.signal));
    }
    return locks;
  } catch (error) {
    for (const lock of locks) await lock.release();
    throw error;
  }
}

/** Newest point of each unit per repository, and an id that no point of these units has. */
async function planPoints(
  units: readonly Unit[],
  repositories: readonly Repository[],
  host: string,
  deps: Deps,
  context: Context,
) {
  const names = new Set(units.map((unit) => unit.name));
  const lists = await Promise.all(
    repositories.map((r) =>
      r.list(
        { host, ...(units.length === 1 ? { unit: units[0]?.name ?? "" } : {}) },
        { recent: true },
      ),
    ),
  );
  const points = lists.flat().filter((point) => isOwn(point) && names.has(point.unit));
  const taken = new Set(points.map((point) => point.backupId));
  const { backupId, waitMs } = nextBackupId(deps.clock.now(), (id) => taken.has(id));
  if (waitMs > 0) await deps.clock.sleep(waitMs, context.signal);
  context.signal.throwIfAborted();
  const lastStoredBytes = (repository: string, unit: string) => {
    const last = points.find((point) => point.repository === repository && point.unit === unit);
    return last && bytesOfParts(last);
  };
  const ahead = points.filter((point) => point.backupId > backupId);
  const clockWarnings = [...names].flatMap((unit) => {
    const latest = ahead.find((point) => point.unit === unit)?.backupId;
    return latest === undefined
      ? []
      : `${unit} has a point ${latest}, later than this run's ${backupId}: the clock was set back, and "latest" stays that point`;
  });
  return { backupId, lastStoredBytes, clockWarnings };
}

async function toolsOf(repositories: readonly Repository[]): Promise<Record<string, string>> {
  const versions = await Promise.all(repositories.map(({ tools }) => tools?.()));
  return Object.assign({}, ...versions);
}

export function overallStatus(units: readonly UnitResult[], cancelled: boolean): RunStatus {
  if (cancelled || units.some((unit) => unit.status === "cancelled")) return "cancelled";
  if (units.some((unit) => unit.status === "failed")) return "failed";
  return units.some((unit) => unit.status === "warning") ? "warning" : "succeeded";
}

async function tidyUp(
  stored: readonly UnitResult[],
  repositories: readonly Repository[],
  run: Run,
  { ruleFor }: BackupInput,
  deps: Deps,
  context: Context,
) {
  const applied = await applyRetention(stored, repositories, run, ruleFor, deps, context);
  const { units, retention } = applied;
  const used = new Set(
    stored.flatMap((unit) =>
      unit.repositories.flatMap((r) => (r.status === "succeeded" ? r.name : [])),
    ),
  );
  await keepUp(
    repositories.filter(({ name }) => used.has(name)),
    context,
  );
  await expireSafetyCopies(
    stored.map(({ unit }) => unit),
    deps,
    context,
  );
  return { results: [...units], retention, disks: await diskUse(repositories) };
}

/**
 * Backs up the chosen units into every repository their policies name. Throws before anything is
 * touched when the run cannot begin; afterwards each unit's failure is in its own result.
 */
export async function backupUnits(
  input: BackupInput,
  deps: Deps,
  context: Context,
): Promise<BackupResult> {
  const startedAt = deps.clock.now().toISOString();
  const asked = deps.capture.tools();
  asked.catch(() => undefined); // heard below, after the engine
  const engine = await deps.engine.info();
  await deps.engine.checkWritable();
  const tools = await asked;
  await recoverUnits(deps, context);
  await sweepSpools(deps, context);
  const found = await discoverUnits(deps.settings, deps);
  const units = selectUnits(found.units, input);
  const host = deps.settings.host ?? engine.name;
  const wanted = [
    ...new Set(units.flatMap((unit) => policyOf(unit, input.policyFor).policy.repositories)),
  ];
  await using repositories = await openRepositories(
    chooseRepositories(wanted, deps.repositories),
    host,
    deps,
    context,
  );
  const locks = await lockUnits(units, deps, context);
  try {
    const planned = await planPoints(units, repositories.usable, host, deps, context);
    const { backupId, clockWarnings } = planned;
    context.emit({
      type: "run.started",
      operation: "backup",
      units: units.map((u) => u.name),
      backupId,
    });
    const mentions = unknownMentions(found.units, input.mentions);
    for (const message of [...found.warnings, ...mentions, ...clockWarnings])
      context.emit({ type: "warning", message });
    const run: Run = {
      ...planned,
      strict: input.strict,
      host,
      startedAt,
      engine,
      tools: { ...tools, ...(await toolsOf(repositories.usable)) },
      knownGaps: (unit) => knownGaps(unit, deps),
    };
    const record = recordRun(input, run, units, deps, context);
    const stored = await runUnits({ units, repositories, run }, input, deps, context);
    const { results, retention, disks } = await step("after", undefined, deps.clock, context, () =>
      tidyUp(stored, repositories.usable, run, input, deps, context),
    );
    const result: BackupResult = {
      schemaVersion: 1,
      runId: context.runId,
      backupId,
      host,
      trigger: input.trigger,
      dryRun: false,
      status: overallStatus(results, context.signal.aborted),
      startedAt,
      finishedAt: deps.clock.now().toISOString(),
      units: results,
      repositories: disks,
      retention,
    };
    return record(result);
  } finally {
    for (const lock of locks) await lock.release();
  }
}
