import pLimit from "p-limit";
import { formatBackupId } from "../../domain/backup-id.ts";
import { coverageOf, gapWarnings, withGaps } from "../../domain/coverage.ts";
import type { BackupResult, UnitResult } from "../../domain/results.ts";
import type { Unit } from "../../domain/unit.ts";
import { asStackholdError } from "../../errors.ts";
import type { Capture } from "../../ports/capture.ts";
import type { EngineInfo } from "../../ports/engine.ts";
import type { Repository } from "../../ports/repository.ts";
import type { Context, Deps } from "../context.ts";
import { discoverUnits } from "../discover-units.ts";
import { checkHooks } from "../hooks/with-hooks.ts";
import { knownGaps } from "../known-gaps.ts";
import { withGathered } from "../recipe/gather.ts";
import { askingOnce } from "./asking-once.ts";
import type { BackupInput } from "./backup-input.ts";
import { overallStatus } from "./backup-units.ts";
import { foreseeRepositories } from "./foresee-repositories.ts";
import { withLabelWarnings } from "./heed-labels.ts";
import { lookAround } from "./look-around.ts";
import { measureSources } from "./measure-sources.ts";
import { chooseRepositories } from "./open-repositories.ts";
import { plannedActions } from "./planned-actions.ts";
import { type PreparedUnit, prepareUnit } from "./prepare-unit.ts";
import { bareUnitResult } from "./run-units.ts";
import { selectUnits, unknownMentions } from "./select-units.ts";
import { emptyUnitResult, failedUnitResult } from "./unit-result.ts";

async function lookInside(prepared: PreparedUnit, deps: Deps, context: Context) {
  const { unit, plan } = prepared;
  const { gaps, roomBytes, ...sizes } = await measureSources(plan.sources, deps, context.signal);
  const last = deps.history
    .outcomes(unit.name, 10)
    .find((outcome) => outcome.status === "succeeded" || outcome.status === "warning");
  const downtime = last === undefined ? {} : { downtimeMs: last.downtimeMs };
  return { gaps, roomBytes, estimate: { ...sizes, ...downtime } };
}

async function preview(
  prepared: PreparedUnit,
  repositories: readonly Repository[],
  host: string,
  deps: Deps,
  context: Context,
): Promise<UnitResult> {
  const gathered = await prepared.gathering;
  await checkHooks(prepared.hooks, deps);
  const unit = prepared.unit.name;
  const known = knownGaps(unit, deps);
  const { gaps, roomBytes, estimate } = await lookInside(prepared, deps, context);
  const plan = withGaps(withGathered(prepared.plan, gathered), gaps);
  const coverage = coverageOf(plan, known, prepared.policy.accept);
  const foreseen = await foreseeRepositories(
    { host, unit },
    roomBytes,
    gathered.images,
    repositories,
  );
  const warnings = [...prepared.warnings, ...foreseen.warnings, ...gapWarnings(coverage)];
  const result: UnitResult = {
    ...emptyUnitResult(prepared),
    status: warnings.length > 0 ? "warning" : "succeeded",
    coverage,
    warnings,
    actions: plannedActions(prepared, gathered),
    estimate: { ...estimate, repositories: foreseen.room },
  };
  return foreseen.error === undefined ? result : failedUnitResult(result, foreseen.error, 0);
}

/** Few enough that each unit's recipe may be in memory; most of their time they wait for the engine. */
const atOnce = 16;

/** A walk over a tree takes a core, or the disk. */
function walkingFew(deps: Deps): Deps {
  const limit = pLimit(deps.settings.cores);
  const { capture } = deps;
  const measure: Capture["measure"] = (tree, activity) =>
    limit(() => capture.measure(tree, activity));
  return { ...deps, capture: { ...capture, measure } };
}

async function previewOrError(
  each: Unit,
  input: BackupInput,
  { engine, host }: { readonly engine: EngineInfo; readonly host: string },
  deps: Deps,
  context: Context,
): Promise<UnitResult> {
  context.signal.throwIfAborted();
  try {
    const { unit, surroundings } = await lookAround(each, engine, deps);
    const policy = input.policyFor(unit);
    const repositories = chooseRepositories(policy.repositories, deps.repositories);
    const found = await prepareUnit(unit, policy, surroundings, deps);
    const prepared = withLabelWarnings(found, input);
    return await preview(prepared, repositories, host, deps, context);
  } catch (error) {
    context.signal.throwIfAborted();
    return failedUnitResult(bareUnitResult(each, input), asStackholdError(error), 0);
  }
}

/** What `backupUnits` would do, with sizes and the outage of last time. Changes nothing. */
export async function dryRun(
  input: BackupInput,
  deps: Deps,
  context: Context,
): Promise<BackupResult> {
  const startedAt = deps.clock.now();
  const engine = await deps.engine.info();
  const found = await discoverUnits(deps.settings, deps);
  for (const message of [...found.warnings, ...unknownMentions(found.units, input.mentions)])
    context.emit({ type: "warning", message });
  const units = selectUnits(found.units, input);
  const host = deps.settings.host ?? engine.name;
  const still = walkingFew(askingOnce(deps));
  const results = await pLimit(atOnce).map(units, (each) =>
    previewOrError(each, input, { engine, host }, still, context),
  );
  return {
    schemaVersion: 1,
    runId: context.runId,
    backupId: formatBackupId(startedAt),
    host,
    trigger: input.trigger,
    dryRun: true,
    status: overallStatus(results, false),
    startedAt: startedAt.toISOString(),
    finishedAt: deps.clock.now().toISOString(),
    units: results,
    repositories: [],
    retention: { deleted: 0, freedBytes: 0 },
  };
}
