import { dirname } from "node:path";
import { restoreResultSchema } from "../../domain/results.ts";
import { boundDevice } from "../../domain/unit.ts";
import type { SafetyCopy } from "../../ports/capture.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import type { Context, Deps } from "../context.ts";
import { discoverUnits } from "../discover-units.ts";

export interface FoundCopy extends SafetyCopy {
  /** A journal needs it to bring the old data back. */
  readonly isNeeded: boolean;
}

const remembered = 1000;

/** Whatever a restore may have replaced: all mounts and projects of now, all volumes. */
async function mountedPlaces(deps: Deps): Promise<string[]> {
  const [{ units }, volumes, { dataRoot }] = await Promise.all([
    discoverUnits(deps.settings, deps),
    deps.engine.volumes(),
    deps.engine.info(),
  ]);
  const mounts = units.flatMap((unit) => unit.containers).flatMap(({ mounts: all }) => all);
  return [
    dataRoot,
    ...volumes.flatMap((volume) => [volume.mountpoint, boundDevice(volume) ?? ""]),
    ...mounts.map(({ source }) => source),
    ...units.map(({ workingDir = "" }) => workingDir),
  ].filter((path) => path.startsWith("/"));
}

/** Where past restores say that they put something; the place is the target of a swap in it. */
function recordedPlaces(deps: Deps): string[] {
  const runs = deps.history.runs({ limit: remembered });
  return runs.flatMap(({ result }) => {
    const { data } = restoreResultSchema.pick({ safetyCopy: true }).safeParse(result);
    return (data?.safetyCopy ?? []).map((aside) => dirname(dirname(dirname(aside))));
  });
}

/** What journals say, and the units whose journal says nothing legible. */
async function readJournals(deps: Deps) {
  const entries: JournalEntry[] = [];
  const illegible = new Set<string>();
  for (const unit of await deps.journal.units()) {
    try {
      const entry = await deps.journal.read(unit);
      if (entry !== undefined) entries.push(entry);
    } catch {
      illegible.add(unit);
    }
  }
  const asides = entries.flatMap(({ swaps, stages }) => [...swaps, ...stages]).map((s) => s.aside);
  return { asides: new Set(asides), illegible };
}

/**
 * Every safety copy of this host, found from what is mounted now and from what the history
 * remembers; what each says of itself is written beside it. A place that cannot be looked at is passed
 * over with a warning.
 */
export async function findCopies(
  deps: Deps,
  { emit }: Pick<Context, "emit">,
): Promise<FoundCopy[]> {
  const places = [...(await mountedPlaces(deps)), ...recordedPlaces(deps)];
  const copies = await deps.capture.safetyCopies([...new Set(places)], {
    onWarning: (message) => emit({ type: "warning", message }),
  });
  const { asides, illegible } = await readJournals(deps);
  return copies.map((copy) => {
    const unit = copy.origin?.unit;
    const isDoubtful = unit === undefined ? illegible.size > 0 : illegible.has(unit);
    return { ...copy, isNeeded: isDoubtful || asides.has(copy.swap.aside) };
  });
}
