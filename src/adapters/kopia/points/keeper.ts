import { basename } from "node:path";
import type { Tree } from "../../../ports/capture.ts";
import type { Keeper, KeptEntry } from "../../../ports/two-phase.ts";
import type { PointDeps } from "./point-deps.ts";
import { type Taken, takeSnapshot } from "./take-snapshot.ts";

export interface KopiaKeeper extends Keeper {
  /** Once it has kept. */
  taken(): Kept;
}

export interface Kept extends Taken {
  /** Whether Kopia took files for those of an earlier snapshot. */
  readonly compares: boolean;
}

interface Order {
  readonly tree: Tree;
  readonly source: string;
  readonly tags: readonly string[];
  readonly flags: readonly string[];
  readonly remembered: string | undefined;
  /** Of a pass that another one replaces. */
  readonly forget: (snapshot: string) => Promise<void>;
}

/** Kopia as a keeper: a part's tree as a snapshot of its source. */
export function createKeeper(
  deps: Pick<PointDeps, "client" | "catalogue">,
  order: Order,
): KopiaKeeper {
  const { tree, source, tags, remembered } = order;
  let last: Kept | undefined;
  let storedBytes = 0;
  return {
    ...(remembered === undefined ? {} : { remembered }),
    keep: async (path, { again }, onEntries, activity) => {
      const totals = { bytes: 0, files: 0 };
      const onEntry = (entry: KeptEntry) => {
        onEntries([entry]);
        totals.files += 1;
        if (entry.type !== "d") totals.bytes += entry.size;
        activity.onProgress?.(totals);
      };
      // Of a large file nothing is said before its end, but what is written was read before.
      const onWritten = (bytes: number) =>
        activity.onProgress?.({ ...totals, bytes: Math.max(bytes, totals.bytes) });
      // Of a single file Kopia does not say whether it read it.
      const reads = again || tree.type === "file" ? ["--force-hash=100"] : [];
      const flags = [...order.flags, ...reads];
      const before = last?.snapshot.id;
      let isHeldUp = false;
      const onHeldUp = () => {
        isHeldUp = true;
      };
      const snapshot = { path, source, tags, flags, onEntry, onWritten, onHeldUp };
      let taken: Taken;
      try {
        taken = await takeSnapshot(deps, snapshot, activity);
      } catch (failure) {
        if (isHeldUp && activity.signal?.aborted !== true) return false;
        throw failure;
      }
      storedBytes += taken.storedBytes;
      last = { ...taken, storedBytes, compares: reads.length === 0 };
      if (tree.type === "file") onEntries(rootFile(taken, tree));
      if (before !== undefined) await order.forget(before);
      return true;
    },
    taken: () => {
      if (last === undefined) throw new TypeError("nothing was kept yet");
      return last;
    },
  };
}

/** The one entry of a single file. */
function rootFile({ snapshot }: Taken, tree: Tree): KeptEntry[] {
  const { rootEntry } = snapshot;
  if (rootEntry?.type !== "f") return [];
  const name = `./${Buffer.from(basename(tree.path), "utf8").toString("latin1")}`;
  const mtime = Math.floor(Date.parse(rootEntry.mtime ?? "") / 1000);
  return [{ name, type: "f", size: rootEntry.size ?? 0, mtime, isRemembered: false }];
}
