import type { InnerPart } from "../../domain/choose-parts.ts";
import type { StoredPart } from "../../domain/manifest.ts";
import { formatPart } from "../../domain/part.ts";
import type { Swap } from "../../ports/capture.ts";
import type { Context, Deps } from "../context.ts";
import { progressReporter } from "../progress.ts";
import type { LocatedPoint } from "./locate-point.ts";

export interface StagedPart {
  readonly part: StoredPart;
  readonly only?: readonly InnerPart[];
  /** The whole part in the place of its target. */
  readonly swap: Swap;
}

/**
 * Where each part will be unpacked; nothing is written yet. Of a project directory that stays, and
 * of a part of which something only is wanted, the whole is staged and never swapped.
 */
export async function planStages(
  placed: readonly (Omit<StagedPart, "swap"> & { readonly target: string })[],
  deps: Deps,
  context: Context,
  withProject = true,
): Promise<StagedPart[]> {
  const staged: StagedPart[] = [];
  for (const { target, ...placement } of placed) {
    const { part, only } = placement;
    const stagesOnly = only !== undefined || (part.kind === "project" && !withProject);
    const swap = await deps.capture.planSwap(target, context.runId, part.type, { stagesOnly });
    staged.push({ ...placement, swap });
  }
  return staged;
}

/** Unpacks every part beside its target; the targets are not touched. */
export async function stageParts(
  stages: readonly StagedPart[],
  point: LocatedPoint,
  deps: Deps,
  context: Context,
  onBytes: () => void,
): Promise<void> {
  const { unit } = point.reader.manifest;
  for (const { part, swap } of stages) {
    context.signal.throwIfAborted();
    const report = progressReporter({ unit, subject: formatPart(part) }, deps.clock, context.emit);
    const directory = await deps.capture.prepare(swap);
    await point.reader.extract(part, directory, {
      signal: context.signal,
      onWarning: (message) => context.emit({ type: "warning", unit, message }),
      onProgress: (progress) => {
        onBytes();
        report(progress);
      },
    });
  }
}
