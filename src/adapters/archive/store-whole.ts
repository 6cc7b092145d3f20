import { join } from "node:path";
import type { StoredPart } from "../../domain/manifest.ts";
import type { Activity } from "../../ports/capture.ts";
import type { PartSource } from "../../ports/repository.ts";
import { archiveFile, storedPart, targetFor, writeFollowed } from "./part-files.ts";
import type { WritingPoint } from "./writing-point.ts";

/** An archive whose source is no longer read. */
export interface WholePart {
  readonly unsteady: readonly string[];
  settle(): Promise<StoredPart>;
}

/** A listing of a tree in motion may miss what tar has met: then the archive itself is counted. */
export async function storeWhole(
  point: WritingPoint,
  source: PartSource,
  activity: Activity,
): Promise<WholePart> {
  const { capture } = point.deps;
  const target = targetFor(point, source, "hot");
  const { outcome, finish } = await writeFollowed(point, target.file, activity, (during) =>
    capture.archive(source.tree, target, during),
  );
  const { unsteady } = outcome;
  return {
    unsteady,
    settle: async () => {
      const hot = archiveFile(target, "hot", await finish());
      const { signal } = point.ended;
      const path = join(point.directory, hot.file);
      const measure = unsteady.length === 0 ? outcome : await capture.inspect(path, { signal });
      return storedPart(source, measure, [hot]);
    },
  };
}
