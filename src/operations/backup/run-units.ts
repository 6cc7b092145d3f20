import pLimit from "p-limit";
import { coverageOf, withGaps } from "../../domain/coverage.ts";
import { inGroups } from "../../domain/groups.ts";
import type { UnitResult } from "../../domain/results.ts";
import type { Unit } from "../../domain/unit.ts";
import { asStackholdError, StackholdError } from "../../errors.ts";
import type { Emit } from "../../events/event.ts";
import { type Context, type Deps, step } from "../context.ts";
import { policyOf } from "../policy-of.ts";
import { withGathered } from "../recipe/gather.ts";
import type { BackupInput } from "./backup-input.ts";
import { backupUnit } from "./backup-unit.ts";
import { type Companion, createCompanions } from "./companions.ts";
import { withLabelWarnings } from "./heed-labels.ts";
import { lookAround } from "./look-around.ts";
import { measureSources } from "./measure-sources.ts";
import { notProtected, openGaps } from "./not-protected.ts";
import { chooseRepositories, type OpenRepositories } from "./open-repositories.ts";
import { type PreparedUnit, prepareUnit } from "./prepare-unit.ts";
import type { Run } from "./run.ts";
import { blankUnitResult, emptyUnitResult, failedUnitResult } from "./unit-result.ts";

interface Work {
  readonly units: readonly Unit[];
  readonly repositories: OpenRepositories;
  readonly run: Run;
}

/** What a unit's result says when not even its preparation succeeded. */
export function bareUnitResult(unit: Unit, input: BackupInput): UnitResult {
  const { scope, quiesce, skipStop } = policyOf(unit, input.policyFor).policy;
  const way = skipStop ? "none" : quiesce;
  return blankUnitResult({ unit: unit.name, kind: unit.kind, scope, quiesce: way });
}

/** Some gaps are only found inside the sources. */
async function lookInside({ plan, gathering }: PreparedUnit, deps: Deps, { signal }: Context) {
  const whole = withGathered(plan, await gathering);
  return withGaps(whole, (await measureSources(plan.sources, deps, signal)).gaps);
}

/** Whatever becomes of the unit, nothing of its gathering outlives its turn. */
function ended({ gathering }: PreparedUnit): AsyncDisposable {
  return { [Symbol.asyncDispose]: async () => void (await Promise.allSettled([gathering])) };
}

/** A journal that recovery could not close: what it names must run before it may be overwritten. */
async function refuseLeftDown(unit: string, deps: Deps): Promise<void> {
  if ((await deps.journal.read(unit)) === undefined) return;
  throw new StackholdError(
    "LEFT_DOWN",
    `${unit} was left down by an earlier run and does not start`,
    {
      hint: "see why its containers do not start, then run `stackhold recover`",
    },
  );
}

async function runUnit(
  found: Unit,
  companion: Companion,
  work: Work,
  input: BackupInput,
  deps: Deps,
  context: Context,
): Promise<UnitResult> {
  const began = deps.clock.monotonic();
  let base = bareUnitResult(found, input);
  let downtimeMs = 0;
  const warnings: string[] = [];
  const emit: Emit = (happening) => {
    if (happening.type === "unit.started") downtimeMs = happening.downtimeMs;
    context.emit(happening);
  };
  try {
    context.signal.throwIfAborted();
    await refuseLeftDown(found.name, deps);
    const prepared = await step("plan", found.name, deps.clock, context, async () => {
      const { unit, surroundings } = await lookAround(found, work.run.engine, deps);
      const policy = input.policyFor(unit);
      return withLabelWarnings(await prepareUnit(unit, policy, surroundings, deps), input);
    });
    await using _gathering = ended(prepared);
    const { policy } = prepared;
    base = emptyUnitResult(prepared);
    const plan = input.strict ? await lookInside(prepared, deps, context) : prepared.plan;
    const gaps = input.strict ? openGaps(plan.gaps, policy) : [];
    if (gaps.length > 0) {
      const coverage = coverageOf(plan, work.run.knownGaps(found.name), policy.accept);
      base = { ...base, coverage };
      throw notProtected(found.name, gaps);
    }
    const chosen = chooseRepositories(policy.repositories, deps.repositories);
    const { unusable } = work.repositories;
    const { run } = work;
    const inner = { ...context, emit };
    const warn = (message: string) => void warnings.push(message);
    return await backupUnit(prepared, chosen, unusable, run, companion, warn, deps, inner);
  } catch (error) {
    const failure = context.signal.aborted ? context.signal.reason : error;
    const told = asStackholdError(error).code === "LEFT_DOWN" ? error : failure;
    const durationMs = deps.clock.monotonic() - began;
    return failedUnitResult({ ...base, downtimeMs, warnings }, told, durationMs);
  } finally {
    companion.leave();
  }
}

function withRenewed(result: UnitResult, { renewed }: OpenRepositories): UnitResult {
  const warnings = result.repositories
    .filter(({ status }) => status === "succeeded")
    .flatMap(({ name }) => renewed.get(name) ?? []);
  if (warnings.length === 0) return result;
  const status = result.status === "succeeded" ? "warning" : result.status;
  return { ...result, status, warnings: [...result.warnings, ...warnings] };
}

/** Says what a unit's result holds that a person must know. */
function tell(result: UnitResult, { emit }: Context): UnitResult {
  const { unit, warnings, error } = result;
  const saidBy = "result";
  for (const message of warnings) emit({ type: "warning", unit, message, saidBy });
  if (error === undefined) return result;
  const hint = error.hint === undefined ? "" : `\nhint: ${error.hint}`;
  emit({ type: "log", unit, level: "error", message: `${error.message}${hint}`, saidBy });
  return result;
}

/**
 * Every unit in turn, those of a group side by side; one that fails does not keep the others from
 * theirs, a cancelled run does. Results in the order of the units.
 */
export async function runUnits(
  work: Work,
  input: BackupInput,
  deps: Deps,
  context: Context,
): Promise<UnitResult[]> {
  const limit = pLimit(input.parallelUnits);
  const results = new Map<Unit, UnitResult>();
  const runGroup = async (units: readonly Unit[]) => {
    const companions = createCompanions(units.map(({ name }) => name));
    await Promise.all(
      units.map(async (unit) => {
        const companion = companions.get(unit.name) as Companion;
        const result = await runUnit(unit, companion, work, input, deps, context);
        results.set(unit, tell(withRenewed(result, work.repositories), context));
      }),
    );
  };
  const groups = inGroups(work.units, ({ name }) => name, input.groups);
  await Promise.all(groups.map((units) => limit(() => runGroup(units))));
  return work.units.flatMap((unit) => results.get(unit) ?? []);
}
