import type { Context, Deps } from "../context.ts";
import { locatePoint } from "./locate-point.ts";
import { partResults } from "./part-results.ts";
import { partsFor } from "./parts-for.ts";
import { planInPlace } from "./plan-in-place.ts";
import { compareProject, type ProjectFiles } from "./project-files.ts";
import type { RestoreInput } from "./restore-input.ts";

/** What somebody is asked to agree to. */
export interface RestorePreview {
  readonly unit: string;
  readonly backupId: string;
  readonly repository: string;
  /** Names of the containers that stop. */
  readonly stops: readonly string[];
  /** How the files of a project directory that is there differ. */
  readonly projectFiles?: ProjectFiles;
}

/**
 * Finds the point that a restore in place means and looks whether it can be done. Where a dead run
 * has to be put right first, what would stop is not known yet.
 */
export async function previewRestore(
  input: RestoreInput,
  deps: Deps,
  context: Context,
): Promise<RestorePreview> {
  const point = await locatePoint(input, deps);
  const { repository } = point;
  const { manifest } = point.reader;
  const chosen = partsFor(input, manifest);
  if (input.paths.length > 0) await partResults(chosen, point.reader, context.signal);
  const { unit, backupId } = manifest;
  const about = { unit, backupId, repository: repository.name };
  if ((await deps.journal.read(unit)) !== undefined) return { ...about, stops: [] };
  const plan = await planInPlace(manifest, chosen, { ...input, dryRun: true }, deps, context);
  const running = plan.stop.containers.filter(({ start }) => start);
  const projectFiles = await compareProject(point, plan, input, deps, context);
  return {
    ...about,
    ...(projectFiles ? { projectFiles } : {}),
    stops: running.map(({ name }) => name).toReversed(),
  };
}
