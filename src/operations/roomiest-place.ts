import type { Space } from "../ports/capture.ts";
import type { PointWriter } from "../ports/repository.ts";
import type { Deps } from "./context.ts";

export type Places = Pick<Deps, "capture" | "stateSpool" | "repositories">;

/** A disk on which something may be kept until a point is stored. */
interface Place {
  /** On the file system that is looked at. */
  readonly root: string;
  /** A private directory there. */
  readonly make: () => Promise<string>;
  /** What helps when it is full. */
  readonly hint: string;
}

export interface RoomiestPlace extends Place {
  readonly space: Space;
}

/** A repository that a point is stored in. */
interface Storing {
  readonly name: string;
  /** Undefined where the repository takes no part. */
  readonly writer: PointWriter | undefined;
  /** Why it takes no part any more. */
  readonly error: unknown;
}

function candidates(
  destinations: readonly Storing[],
  cleanup: AsyncDisposableStack,
  { stateSpool, repositories }: Places,
): Place[] {
  const state: Place = {
    root: stateSpool.root,
    make: async () => cleanup.use(await stateSpool.make()).path,
    hint: "free some space there, or put state_dir on a disk with more",
  };
  const others = destinations.flatMap(({ name, writer, error }): Place[] => {
    const [root] = repositories.find((each) => each.name === name)?.localPaths ?? [];
    if (root === undefined || writer === undefined || error !== undefined) return [];
    const hint = `free some space on the disk of repository ${name}`;
    return [{ root, make: () => writer.spool(), hint }];
  });
  return [state, ...others];
}

/**
 * Of the state directory and the repositories that a point is stored in, the one on a local disk with
 * the most room; undefined where none is local. What it makes goes with `cleanup` or the writer.
 */
export async function roomiestPlace(
  destinations: readonly Storing[],
  cleanup: AsyncDisposableStack,
  deps: Places,
): Promise<RoomiestPlace | undefined> {
  const looked = await Promise.all(
    candidates(destinations, cleanup, deps).map(async (place) => {
      const locality = await deps.capture.locality(place.root);
      if (locality === "remote") return [];
      const space = await deps.capture.space(place.root);
      return [{ ...place, space, isDisk: locality === "disk" }];
    }),
  );
  // Of two on one disk the first, whatever is written there between two looks.
  const disks = Map.groupBy(looked.flat(), ({ space }) => space.fileSystem);
  const [best] = [...disks.values()]
    .flatMap(([first]) => first ?? [])
    .sort((a, b) => Number(b.isDisk) - Number(a.isDisk) || b.space.freeBytes - a.space.freeBytes);
  return best;
}
