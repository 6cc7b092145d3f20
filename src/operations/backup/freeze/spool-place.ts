import { isErrorCode, StackholdError } from "../../../errors.ts";
import type { TwoPhase } from "../../../ports/two-phase.ts";
import { type Places, roomiestPlace } from "../../roomiest-place.ts";
import type { Destination } from "./store-parts.ts";

export interface ChosenSpool {
  readonly path: string;
  readonly hint: string;
}

/** Less than that, and not even the listings of a small tree are sure to fit. */
const leastBytes = 16 * 2 ** 20;

/** Why no place of this machine is known to take a spool; the repositories are only asked if they must. */
export async function spoolRefusal({
  capture,
  stateSpool,
  repositories,
}: Places): Promise<string | undefined> {
  const roots = [stateSpool.root, ...repositories.flatMap(({ localPaths }) => localPaths)];
  for (const root of roots) if ((await capture.locality(root)) !== "remote") return undefined;
  return "neither state_dir nor a repository is on a local disk, where the spool must be";
}

/**
 * Makes the spool of a unit on the local disk with the most room: that of the state directory or of
 * a repository that takes part. A repository that fails or fills up later then costs the others
 * nothing. `cleanup` lets it go in the end.
 */
export async function makeSpool(
  destinations: readonly Destination[],
  cleanup: AsyncDisposableStack,
  deps: Places,
): Promise<ChosenSpool> {
  const best = await roomiestPlace(destinations, cleanup, deps);
  if (best === undefined) {
    throw new StackholdError("BACKUP_FAILED", "two passes have no local disk for their spool", {
      hint: "put state_dir on a local disk, or set backup.freeze to none; nothing was stopped",
    });
  }
  const { root, hint, space } = best;
  if (space.freeBytes < leastBytes) {
    const message = `no space left in ${root} for the spool of two passes, and no other local disk has more`;
    throw new StackholdError("NO_SPACE", message, { hint: `${hint}; nothing was stopped` });
  }
  return { path: await best.make(), hint };
}

/** Says of a full disk that it is the spool's, and what helps. */
export async function inSpool<T>({ path, hint }: ChosenSpool, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isErrorCode(cause, "NO_SPACE")) throw cause;
    const message = `${(cause as StackholdError).message}; the spool is in ${path}`;
    throw new StackholdError("NO_SPACE", message, { hint, cause });
  }
}

/** Passes whose full disk is told as their spool's, where it is. */
export function withSpool(passes: TwoPhase, spool: ChosenSpool): TwoPhase {
  return {
    ...passes,
    freeze: (activity) => inSpool(spool, () => passes.freeze(activity)),
    prepare: (activity) => inSpool(spool, () => passes.prepare(activity)),
  };
}
