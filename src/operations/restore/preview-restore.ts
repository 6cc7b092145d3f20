import { restoreHooks } from "../../domain/hooks.ts";
import type { Context, Deps } from "../context.ts";
import { checkHooks } from "../hooks/with-hooks.ts";
import { chosenFrom, lackingParts, lackingText } from "./lacking-parts.ts";
import { locatePoint } from "./locate-point.ts";
import { partResults } from "./part-results.ts";
import { planInPlace } from "./plan-in-place.ts";
import { compareProject, type ProjectFiles } from "./project-files.ts";
import { restoreActions } from "./restore-actions.ts";
import type { RestoreInput } from "./restore-input.ts";

export interface NetworkConflict {
  readonly name: string;
  /** In words. */
  readonly differences: readonly string[];
  /** Names of containers of other units that would be moved aside for a moment. */
  readonly others: readonly string[];
}

/** What somebody is asked to agree to. */
export interface RestorePreview {
  readonly unit: string;
  readonly backupId: string;
  readonly repository: string;
  /** What the restore will lack. */
  readonly warnings: readonly string[];
  /** Whether anything lies where the data goes; absent where that is not known yet. */
  readonly replaces?: boolean;
  /** Names of the containers that stop. */
  readonly stops: readonly string[];
  /** How the files of a project directory that is there differ. */
  readonly projectFiles?: ProjectFiles;
  /** Networks that differ, of which nobody has said yet what becomes of them. */
  readonly conflicts: readonly NetworkConflict[];
  /** Names of networks that are made anew. */
  readonly recreates: readonly string[];
  /** All that would be done, one line an act; absent where a dead run has to be put right first. */
  readonly actions?: readonly string[];
}

/**
 * Finds the point that a restore in place means and looks whether it can be done. Where a dead run
 * has to be put right first, what would stop is not known yet.
 */
export async function previewRestore(
  asked: RestoreInput,
  deps: Deps,
  context: Context,
): Promise<RestorePreview> {
  const point = await locatePoint(asked, deps);
  const { reader, repository } = point;
  const { manifest } = reader;
  const { input, chosen } = await chosenFrom(asked, point, deps, context);
  if (input.paths.length > 0) await partResults(chosen, point.reader, context.signal);
  const { unit, backupId } = manifest;
  const lacking = await lackingParts(asked, point, deps, context);
  const warnings = lacking.map((one) => lackingText(one, point));
  const about = { unit, backupId, repository: repository.name, warnings };
  if ((await deps.journal.read(unit)) !== undefined) {
    return { ...about, stops: [], conflicts: [], recreates: [] };
  }
  await deps.capture.tools();
  await checkHooks(restoreHooks(input.policy), deps);
  const plan = await planInPlace(reader, chosen, { ...input, dryRun: true }, deps, context);
  const running = plan.stop.containers.filter(({ start }) => start);
  const projectFiles = await compareProject(point, plan, input, deps, context);
  const { keep, make } = plan.networks;
  return {
    ...about,
    ...(projectFiles ? { projectFiles } : {}),
    replaces: plan.occupied.size > 0,
    stops: running.map(({ name }) => name).toReversed(),
    conflicts: keep.map(({ present: { name }, differences, others }) => ({
      name,
      differences,
      others,
    })),
    recreates: make.flatMap(({ former }) => former?.name ?? []),
    actions: restoreActions(point, chosen, input, plan),
  };
}
