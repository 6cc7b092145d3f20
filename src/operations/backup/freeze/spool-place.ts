import { isErrorCode, StackholdError } from "../../../errors.ts";
import type { TwoPhase } from "../../../ports/two-phase.ts";
import type { Deps } from "../../context.ts";
import type { Destination } from "./store-parts.ts";

/** Where two passes may keep their listings and what changed. */
interface SpoolPlace {
  /** On the file system that is looked at. */
  readonly root: string;
  readonly make: () => Promise<string>;
  /** What helps when it is full. */
  readonly hint: string;
}

export interface ChosenSpool {
  readonly path: string;
  readonly hint: string;
}

type Places = Pick<Deps, "capture" | "stateSpool" | "repositories">;

/** Less than that, and not even the listings of a small tree are sure to fit. */
const leastBytes = 16 * 2 ** 20;

function candidates(
  destinations: readonly Destination[],
  cleanup: AsyncDisposableStack,
  { stateSpool, repositories }: Places,
): SpoolPlace[] {
  const state: SpoolPlace = {
    root: stateSpool.root,
    make: async () => cleanup.use(await stateSpool.make()).path,
    hint: "free some space there, or put state_dir on a disk with more",
  };
  const others = destinations.flatMap(({ name, writer, error }): SpoolPlace[] => {
    const [root] = repositories.find((each) => each.name === name)?.localPaths ?? [];
    if (root === undefined || writer === undefined || error !== undefined) return [];
    const hint = `free some space on the disk of repository ${name}`;
    return [{ root, make: () => writer.spool(), hint }];
  });
  return [state, ...others];
}

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
  const looked = await Promise.all(
    candidates(destinations, cleanup, deps).map(async (place) => {
      const locality = await deps.capture.locality(place.root);
      if (locality === "remote") return [];
      const { freeBytes, fileSystem } = await deps.capture.space(place.root);
      return [{ ...place, freeBytes, fileSystem, isDisk: locality === "disk" }];
    }),
  );
  // Of two on one disk the first, whatever is written there between two looks.
  const disks = Map.groupBy(looked.flat(), ({ fileSystem }) => fileSystem);
  const [best] = [...disks.values()]
    .flatMap(([first]) => first ?? [])
    .sort((a, b) => Number(b.isDisk) - Number(a.isDisk) || b.freeBytes - a.freeBytes);
  if (best === undefined) {
    throw new StackholdError("BACKUP_FAILED", "two passes have no local disk for their spool", {
      hint: "put state_dir on a local disk, or set backup.freeze to none; nothing was stopped",
    });
  }
  const { root, hint, freeBytes } = best;
  if (freeBytes < leastBytes) {
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
