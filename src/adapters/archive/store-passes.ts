import type { ArchiveFile, StoredPart } from "../../domain/manifest.ts";
import type { Activity } from "../../ports/capture.ts";
import type { PartSource } from "../../ports/repository.ts";
import type { TwoPhase } from "../../ports/two-phase.ts";
import { archiveFile, hashWritten, storedPart, targetFor, writeFollowed } from "./part-files.ts";
import type { WritingPoint } from "./writing-point.ts";

/** A part that is stored while it moves. */
export interface HotPart {
  /** Writes what changed since beside it, once the tree was frozen. */
  settle(): Promise<StoredPart>;
}

/** Returns when the hot archive is flushed: nothing of it burdens the disk while the unit is down. */
export async function storeHot(
  point: WritingPoint,
  source: PartSource,
  passes: TwoPhase,
  activity: Activity,
): Promise<HotPart> {
  const target = targetFor(point, source, "hot");
  const written = await writeFollowed(point, target.file, activity, (during) =>
    passes.store(target, during),
  );
  const hot = archiveFile(target, "hot", await written.finish());
  return {
    settle: async () => {
      const { measure, archives } = await storeChanges(point, source, passes);
      return storedPart(source, measure, [hot, ...archives]);
    },
  };
}

async function storeChanges(point: WritingPoint, source: PartSource, passes: TwoPhase) {
  const delta = targetFor(point, source, "delta");
  const listing = targetFor(point, source, "listing");
  const deleted = { ...targetFor(point, source, "deleted"), compression: "none" as const };
  const target = { delta, listing, deleted: deleted.file };
  const written = await passes.writeChanges(target, { signal: point.ended.signal });
  const archives: ArchiveFile[] = [];
  const add = async (file: typeof deleted | typeof delta, role: ArchiveFile["role"]) => {
    archives.push(archiveFile(file, role, await hashWritten(point, file.file)));
  };
  if (written.deleted) await add(deleted, "deleted");
  if (written.delta) await add(delta, "delta");
  await add(listing, "listing");
  return { measure: written.tree, archives };
}
