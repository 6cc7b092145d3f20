import { coverageOf, withGaps } from "../../domain/coverage.ts";
import type { Coverage, StoredPart } from "../../domain/manifest.ts";
import { formatPart } from "../../domain/part.ts";
import type { Unprotected } from "../../domain/sources/candidates.ts";
import { counted } from "../../domain/text.ts";
import { StackholdError } from "../../errors.ts";
import { bytes as inWords } from "../../events/amounts.ts";
import type { PendingPart } from "../../ports/repository.ts";
import type { Context, Deps } from "../context.ts";
import type { Readiness } from "../outage/wait-healthy.ts";
import { withGathered } from "../recipe/gather.ts";
import { together } from "../together.ts";
import { buildManifest } from "./build-manifest.ts";
import { type Frozen, storingFor } from "./freeze/freeze-unit.ts";
import { type Destination, storeParts } from "./freeze/store-parts.ts";
import { layOutGathered } from "./lay-out-gathered.ts";
import type { PreparedUnit } from "./prepare-unit.ts";
import type { Run } from "./run.ts";

export interface Finished {
  readonly coverage: Coverage;
  readonly readyMs: number;
  /** Of the first destination that holds the point. */
  readonly parts: readonly StoredPart[];
  readonly error: StackholdError | undefined;
}

function storedText(part: StoredPart, repository: string): string {
  const { bytes, files, storedBytes, kopia } = part;
  const size = `${inWords(bytes)} in ${counted(files, "entry", "entries")}`;
  const amount = inWords(storedBytes);
  const written = kopia === undefined ? `archive of ${amount}` : `${amount} new there`;
  return `stored ${formatPart(part)} in ${repository}: ${size}, ${written}`;
}

async function settle(
  destination: Destination,
  pending: readonly PendingPart[],
): Promise<readonly StoredPart[]> {
  try {
    return await Promise.all(pending.map((each) => each.settle()));
  } catch (error) {
    destination.error ??= error;
    return [];
  }
}

function notReady(
  unit: string,
  readiness: Readiness,
  isStored: boolean,
): StackholdError | undefined {
  if (readiness.notReady.length === 0) return undefined;
  return new StackholdError(
    "LEFT_DOWN",
    `${unit} was started again but is not ready: ${readiness.notReady.join("; ")}`,
    {
      hint: `look at its logs; its data was only read, and ${isStored ? "the restore point was stored" : "no restore point was stored"}`,
    },
  );
}

/**
 * What lies in snapshots, then what was gathered, with the coverage that this returns. A failure is
 * told by the destinations that have it.
 */
async function storeLate(
  prepared: PreparedUnit,
  destinations: readonly Destination[],
  frozen: Frozen,
  knownGaps: readonly string[],
  deps: Deps,
  context: Context,
): Promise<Coverage> {
  const { policy } = prepared;
  const { gathered } = frozen;
  const plan = withGathered(prepared.plan, gathered);
  const storing = storingFor(prepared, destinations, deps);
  const covering = (late: readonly Unprotected[]) =>
    coverageOf(withGaps(plan, [...frozen.gaps, ...late]), knownGaps, policy.accept);
  let coverage = covering([]);
  try {
    coverage = covering((await storeParts(frozen.late, storing, deps.clock, context)).gaps);
    const laidOut = await layOutGathered(gathered.parts, coverage, destinations, deps);
    await storeParts(laidOut, storing, deps.clock, context);
  } catch {
    context.signal.throwIfAborted();
  }
  return coverage;
}

/** Until each destination takes them, changes lie in the spool, which all of them need. */
async function prepareChanges(
  prepared: PreparedUnit,
  destinations: readonly Destination[],
  { hot }: Frozen,
  deps: Deps,
  { signal }: Context,
): Promise<void> {
  try {
    const works = hot.map(
      ({ passes }) =>
        (own: AbortSignal) =>
          passes.prepare({ signal: own }),
    );
    await together(works, storingFor(prepared, destinations, deps).parallel, signal);
  } catch (error) {
    for (const destination of destinations) destination.error ??= error;
  }
}

/**
 * `health`, checksums and flushing at the same time, and what is stored late beside them; then each
 * destination's point is published.
 */
export async function finishUnit(
  prepared: PreparedUnit,
  destinations: readonly Destination[],
  frozen: Frozen,
  health: Promise<Readiness>,
  run: Run,
  deps: Deps,
  context: Context,
): Promise<Finished> {
  const unit = prepared.unit.name;
  const known = run.knownGaps(unit);
  const changes = prepareChanges(prepared, destinations, frozen, deps, context);
  const storedLate = storeLate(prepared, destinations, frozen, known, deps, context);
  const [readiness, ...settled] = await Promise.all([
    health,
    ...destinations.map(async (destination) => {
      const early = [...destination.pending];
      const settling = changes.then(() => settle(destination, early));
      await Promise.all([settling, storedLate]);
      const late = destination.pending.slice(early.length);
      return [...(await settling), ...(await settle(destination, late))];
    }),
  ]);
  context.signal.throwIfAborted();
  const coverage = await storedLate;
  for (const [index, destination] of destinations.entries()) {
    const { writer } = destination;
    if (writer === undefined || destination.error !== undefined) continue;
    const manifest = buildManifest(prepared, {
      host: run.host,
      backupId: run.backupId,
      createdAt: run.startedAt,
      finishedAt: deps.clock.now().toISOString(),
      frozenAt: frozen.frozenAt,
      downtimeMs: frozen.downtimeMs,
      readyMs: readiness.readyMs,
      engine: run.engine,
      tools: run.tools,
      coverage,
      warnings: frozen.warnings,
      parts: settled[index] ?? [],
      images: destination.images,
    });
    try {
      const { parts } = await writer.publish(manifest);
      destination.parts = parts;
      for (const part of parts) {
        const message = storedText(part, destination.name);
        context.emit({ type: "log", unit, level: "info", message });
      }
      const message = `published the point ${run.backupId} in ${destination.name}`;
      context.emit({ type: "log", unit, level: "info", message });
    } catch (error) {
      destination.error = error;
    }
  }
  const good = destinations.findIndex((destination) => destination.error === undefined);
  return {
    coverage,
    readyMs: readiness.readyMs,
    parts: destinations[good]?.parts ?? [],
    error: frozen.leftDown ?? notReady(unit, readiness, good >= 0),
  };
}
