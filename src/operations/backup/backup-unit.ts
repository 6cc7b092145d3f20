import type { UnitResult } from "../../domain/results.ts";
import type { Repository } from "../../ports/repository.ts";
import { type Context, type Deps, step } from "../context.ts";
import { checkSpace } from "./check-space.ts";
import type { Companion } from "./companions.ts";
import { finishUnit } from "./finish-unit.ts";
import { freezeUnit } from "./freeze/freeze-unit.ts";
import { treeOf } from "./freeze/plan-freeze.ts";
import type { Destination } from "./freeze/store-parts.ts";
import type { PreparedUnit } from "./prepare-unit.ts";
import type { Run } from "./run.ts";
import { unitResult } from "./unit-result.ts";

/** Why a repository cannot take this unit's point, by name; throws when none of them can. */
async function preflight(
  prepared: PreparedUnit,
  repositories: readonly Repository[],
  unusable: ReadonlyMap<string, unknown>,
  run: Run,
  deps: Deps,
): Promise<ReadonlyMap<string, unknown>> {
  const unit = prepared.unit.name;
  const { sources } = prepared.plan;
  const without = new Map(unusable);
  for (const repository of repositories) {
    if (without.has(repository.name)) continue;
    const lastStoredBytes = run.lastStoredBytes(repository.name, unit);
    try {
      await checkSpace({ unit, sources, lastStoredBytes }, repository, deps.capture);
    } catch (error) {
      without.set(repository.name, error);
    }
  }
  if (repositories.some(({ name }) => !without.has(name))) return without;
  throw [...without.values()][0];
}

async function dropLeftOvers(prepared: PreparedUnit, deps: Deps, { emit }: Context) {
  for (const place of await deps.snapshots.sweep(prepared.plan.sources.map(treeOf))) {
    const message = `removed the snapshot ${place} that a dead run left`;
    emit({ type: "log", unit: prepared.unit.name, level: "info", message });
  }
}

async function begin(
  prepared: PreparedUnit,
  repositories: readonly Repository[],
  unusable: ReadonlyMap<string, unknown>,
  run: Run,
): Promise<Destination[]> {
  const ref = { host: run.host, unit: prepared.unit.name, backupId: run.backupId };
  return Promise.all(
    repositories.map(async ({ name, begin: beginPoint }) => {
      if (unusable.has(name)) {
        return { name, writer: undefined, pending: [], error: unusable.get(name) };
      }
      return { name, writer: await beginPoint(ref), pending: [], error: undefined };
    }),
  );
}

/**
 * One unit: preflight, outage, copy, restart, publish. Throws when no point was stored; when one
 * was, whatever else went wrong is in the result. Partial points are removed on every way out.
 */
export async function backupUnit(
  prepared: PreparedUnit,
  repositories: readonly Repository[],
  unusable: ReadonlyMap<string, unknown>,
  run: Run,
  companion: Companion,
  deps: Deps,
  context: Context,
): Promise<UnitResult> {
  const unit = prepared.unit.name;
  const began = deps.clock.monotonic();
  const without = await step("preflight", unit, deps.clock, context, async () => {
    await dropLeftOvers(prepared, deps, context);
    return preflight(prepared, repositories, unusable, run, deps);
  });
  const destinations = await begin(prepared, repositories, without, run);
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(async () => {
    await Promise.allSettled(destinations.map((destination) => destination.writer?.discard()));
  });
  const frozen = await freezeUnit(prepared, destinations, companion, cleanup, deps, context);
  const finished = await step("finish", unit, deps.clock, context, () =>
    finishUnit(prepared, destinations, frozen, run, deps, context),
  );
  const durationMs = deps.clock.monotonic() - began;
  return unitResult(prepared, destinations, { ...frozen, ...finished, durationMs });
}
