import { join } from "node:path";
import type { StoredPart } from "../../domain/manifest.ts";
import { isErrorCode } from "../../errors.ts";
import type { Activity, TooLong } from "../../ports/capture.ts";
import type { PartSource } from "../../ports/repository.ts";
import { archiveFile, storedPart, targetFor, writeFollowed } from "./part-files.ts";
import type { WritingPoint } from "./writing-point.ts";

/** An archive whose source is no longer read. */
export interface WholePart {
  readonly unsteady: readonly string[];
  readonly tooLong: TooLong | undefined;
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
  const { unsteady, tooLong, allocatedBytes } = outcome;
  return {
    unsteady,
    tooLong,
    settle: async () => {
      const hot = archiveFile(target, "hot", await finish());
      const { signal } = point.ended;
      const path = join(point.directory, hot.file);
      if (unsteady.length === 0) return storedPart(source, outcome, [hot]);
      const counted = await capture.inspect(path, { signal }).catch((thrown: unknown) => {
        // Who only encrypts cannot look: what was listed has to do.
        if (isErrorCode(thrown, "WRONG_CREDENTIALS")) return outcome;
        throw thrown;
      });
      // Of holes an archive tells nothing, and what was listed is near enough for room.
      const room = allocatedBytes === undefined ? {} : { allocatedBytes };
      return storedPart(source, { ...counted, ...room }, [hot]);
    },
  };
}
