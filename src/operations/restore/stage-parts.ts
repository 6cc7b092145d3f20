import type { InnerPart } from "../../domain/choose-parts.ts";
import { directoriesAbove } from "../../domain/directories-above.ts";
import type { StoredPart } from "../../domain/manifest.ts";
import { formatPart } from "../../domain/part.ts";
import { isInside } from "../../domain/refused-paths.ts";
import { StackholdError } from "../../errors.ts";
import type { Swap } from "../../ports/capture.ts";
import type { Context, Deps } from "../context.ts";
import { progressReporter } from "../progress.ts";
import { withFewWarnings } from "./few-warnings.ts";
import type { LocatedPoint } from "./locate-point.ts";

export interface StagedPart {
  readonly part: StoredPart;
  /** Host path as the point has it. */
  readonly target: string;
  readonly only?: readonly InnerPart[];
  /** The whole part in the place of its target. */
  readonly swap: Swap;
  /** Its place lies in the project, which is swapped as a whole and brings it along. */
  readonly isNested?: boolean;
}

type Placed = Omit<StagedPart, "swap" | "isNested">;

const projectFirst = (one: Placed, other: Placed) =>
  Number(other.part.kind === "project") - Number(one.part.kind === "project");

/**
 * Where each part will be unpacked; nothing is written yet. Of a project directory that stays, and
 * of a part of which something only is wanted, the whole is staged and never swapped. `inPlace` is
 * absent where every part goes to a place of its own.
 */
export async function planStages(
  placed: readonly Placed[],
  deps: Deps,
  context: Context,
  inPlace?: { readonly withProject: boolean },
): Promise<StagedPart[]> {
  const { capture } = deps;
  const { runId } = context;
  const staged: StagedPart[] = [];
  let project: Swap | undefined;
  for (const placement of placed.toSorted(projectFirst)) {
    const { target, part, only } = placement;
    const isProject = part.kind === "project";
    const stays =
      isProject && inPlace !== undefined && (!inPlace.withProject || part.partial === true);
    const stagesOnly = only !== undefined || stays;
    const swap = await capture.planSwap(target, runId, part.type, { stagesOnly });
    const isWhole = only === undefined && inPlace !== undefined;
    if (isProject && isWhole && (swap.fresh || !stays)) project = swap;
    else if (project !== undefined && isWhole && isInside(swap.target, project.target)) {
      const id = `${runId}-${staged.length}`;
      const beside = await capture.planSwap(project.target, id, part.type, { stagesOnly: true });
      staged.push({ ...placement, swap: beside, isNested: true });
      continue;
    }
    staged.push({ ...placement, swap });
  }
  return staged;
}

/** A single file is unpacked under the name that it had, which a link may not have. */
async function underItsName(stage: StagedPart, deps: Deps): Promise<StagedPart> {
  const { part, swap } = stage;
  if (part.type === "directory") return stage;
  const directory = swap.staged.slice(0, swap.staged.lastIndexOf("/"));
  const [file, ...others] = (await deps.stackFiles.list(directory))?.files ?? [];
  if (file === undefined || others.length > 0) {
    throw new StackholdError("RESTORE_FAILED", `${formatPart(part)} holds no single file`);
  }
  return { ...stage, swap: { ...swap, staged: `${directory}/${file}` } };
}

/** Unpacks every part beside its target, which is not touched; what above it is gone is made as it was. */
export async function stageParts(
  stages: readonly StagedPart[],
  point: LocatedPoint,
  deps: Deps,
  context: Context,
  onBytes: () => void,
): Promise<StagedPart[]> {
  const { manifest } = point.reader;
  const { unit } = manifest;
  const targets = stages.flatMap(({ target, swap }) => [target, swap.target]);
  await deps.capture.makeDirectories(directoriesAbove(targets, manifest));
  const staged: StagedPart[] = [];
  for (const stage of stages) {
    const { part, swap } = stage;
    context.signal.throwIfAborted();
    const report = progressReporter({ unit, subject: formatPart(part) }, deps.clock, context.emit);
    const directory = await deps.capture.prepare(swap);
    const onProgress = (progress: Parameters<typeof report>[0]) => {
      onBytes();
      report(progress);
    };
    await withFewWarnings(unit, context, (onWarning) =>
      point.reader.extract(part, directory, { signal: context.signal, onWarning, onProgress }),
    );
    staged.push(await underItsName(stage, deps));
  }
  return staged;
}
