import { coverageOf, gapWarnings } from "../../domain/coverage.ts";
import type { HookStatus } from "../../domain/hooks.ts";
import type { UnitResult } from "../../domain/results.ts";
import type { Repository } from "../../ports/repository.ts";
import { type Context, type Deps, step } from "../context.ts";
import { checkHooks, type Hooked, withHooks } from "../hooks/with-hooks.ts";
import { withGathered } from "../recipe/gather.ts";
import { awaitHealth, awaitUse } from "./await-health.ts";
import { checkSpace, type Promised } from "./check-space.ts";
import type { Companion } from "./companions.ts";
import { finishUnit } from "./finish-unit.ts";
import { type Frozen, freezeUnit } from "./freeze/freeze-unit.ts";
import { treeOf } from "./freeze/plan-freeze.ts";
import type { Destination } from "./freeze/store-parts.ts";
import { imagesToStore } from "./image-room.ts";
import { type PreparedUnit, savesImages } from "./prepare-unit.ts";
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
  const images = savesImages(prepared) ? (await prepared.gathering).images : [];
  const without = new Map(unusable);
  const promised: Promised = new Map();
  for (const repository of repositories) {
    if (without.has(repository.name)) continue;
    const lastStoredBytes = run.lastStoredBytes(repository.name, unit);
    try {
      const of = { host: run.host, unit };
      const saved = images.length === 0 ? new Set<string>() : await repository.savedImages(of);
      const imageBytes = imagesToStore(images, saved);
      const input = { unit, sources, lastStoredBytes, imageBytes };
      await checkSpace(input, repository, promised, deps.capture);
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
        return {
          name,
          writer: undefined,
          pending: [],
          images: [],
          parts: [],
          error: unusable.get(name),
        };
      }
      return {
        name,
        writer: await beginPoint(ref, { recent: true }),
        pending: [],
        images: [],
        parts: [],
        error: undefined,
      };
    }),
  );
}

/** As far as it is known while the point is not finished. */
function statusSoFar(
  { plan, policy, unit }: PreparedUnit,
  destinations: readonly Destination[],
  { leftDown, warnings, gathered }: Frozen,
  run: Run,
  { signal }: Context,
): HookStatus {
  const lost = destinations.filter(({ error }) => error !== undefined).length;
  if (signal.aborted) return "cancelled";
  if (leftDown !== undefined || lost === destinations.length) return "failed";
  const whole = withGathered(plan, gathered);
  const gaps = gapWarnings(coverageOf(whole, run.knownGaps(unit.name), policy.accept));
  return lost + warnings.length + gaps.length > 0 ? "warning" : "succeeded";
}

/**
 * One unit: preflight, outage, copy, restart, publish, with its hooks around the outage. Throws when no point was stored; when one
 * was, whatever else went wrong is in the result. Partial points are removed on every way out.
 */
export async function backupUnit(
  prepared: PreparedUnit,
  repositories: readonly Repository[],
  unusable: ReadonlyMap<string, unknown>,
  run: Run,
  companion: Companion,
  onWarning: (message: string) => void,
  deps: Deps,
  context: Context,
): Promise<UnitResult> {
  const hookedRun = {
    plan: prepared.hooks,
    unit: prepared.unit.name,
    backupId: run.backupId,
    operation: "backup",
    ready: () => awaitUse(prepared, deps),
    onFailure: companion.leave,
    onWarning,
  } as const;
  return withHooks(hookedRun, deps, context, (hooked) =>
    betweenHooks(prepared, repositories, unusable, run, companion, hooked, context),
  );
}

async function betweenHooks(
  prepared: PreparedUnit,
  repositories: readonly Repository[],
  unusable: ReadonlyMap<string, unknown>,
  run: Run,
  companion: Companion,
  hooked: Hooked,
  context: Context,
): Promise<UnitResult> {
  const unit = prepared.unit.name;
  const { deps } = hooked;
  const began = deps.clock.monotonic();
  const without = await step("preflight", unit, deps.clock, context, async () => {
    await checkHooks(prepared.hooks, deps);
    await dropLeftOvers(prepared, deps, context);
    return preflight(prepared, repositories, unusable, run, deps);
  });
  if (prepared.hooks.begin.length > 0) {
    await prepared.gathering; // as it was before the hooks
    await step("pre", unit, deps.clock, context, hooked.begin);
  }
  const destinations = await begin(prepared, repositories, without, run);
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(async () => {
    await Promise.allSettled(destinations.map((destination) => destination.writer?.discard()));
  });
  for (const { path, isMountedOnUse } of prepared.plan.sources) {
    if (isMountedOnUse === true) cleanup.use(await deps.capture.holdMount(path));
  }
  const { strict } = run;
  const atFreeze = { companion, beforeStop: hooked.freeze, cleanup, strict };
  const frozen = await freezeUnit(prepared, destinations, atFreeze, deps, context);
  const health = awaitHealth(prepared, frozen, deps, context);
  health.catch(() => undefined); // heard in `finish`
  const soFar = statusSoFar(prepared, destinations, frozen, run, context);
  const spoilt = await hooked.post(soFar, frozen.leftDown === undefined);
  const whole = { ...frozen, warnings: [...frozen.warnings, ...spoilt] };
  const finished = await step("finish", unit, deps.clock, context, () =>
    finishUnit(prepared, destinations, whole, health, run, deps, context),
  );
  const durationMs = deps.clock.monotonic() - began;
  return unitResult(prepared, destinations, { ...whole, ...finished, durationMs });
}
