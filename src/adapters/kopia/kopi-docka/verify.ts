import { formatPart } from "../../../domain/part.ts";
import { isErrorCode, messageOf } from "../../../errors.ts";
import type { Activity } from "../../../ports/capture.ts";
import type { Problem } from "../../../ports/repository.ts";
import { asArchive } from "./archive-stream.ts";
import type { FoundPart } from "./contents.ts";
import type { KopiDockaDeps } from "./deps.ts";

/** Ids of the snapshots that a part is made of. */
export type SnapshotsOf = (found: FoundPart) => readonly string[];

/** What says that the data is bad; everything else says that nobody knows. */
const isDamage = (error: unknown) =>
  isErrorCode(error, "TOOL_FAILED") || isErrorCode(error, "POINT_DAMAGED");

/**
 * Kopia finds everything that the snapshots name, and with `deep` reads it; a tar stream is read to
 * its end, since Kopia stored it whatever became of its writer.
 */
async function check(
  found: FoundPart,
  snapshotsOf: SnapshotsOf,
  deep: boolean,
  deps: KopiDockaDeps,
  { signal }: Activity,
): Promise<void> {
  const { content } = found;
  const options = signal === undefined ? {} : { signal };
  const isStream = content.form === "stream";
  const percent = deep && !isStream ? 100 : 0;
  const args = ["--no-progress", `--verify-files-percent=${percent}`, ...snapshotsOf(found)];
  await deps.client.run(["snapshot", "verify", ...args], options);
  if (!deep || !isStream) return;
  await asArchive(content.snapshot, deps, options, (path) => deps.capture.inspect(path, options));
}

/** What a part lacks although it can be restored is told where nobody asks for this part alone. */
export async function verifyParts(
  parts: readonly FoundPart[],
  snapshotsOf: SnapshotsOf,
  options: { readonly deep: boolean; readonly isWhole: boolean },
  deps: KopiDockaDeps,
  activity: Activity,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  let bytes = 0;
  for (const found of parts) {
    const part = formatPart(found.part);
    if (found.content.form === "lost") {
      problems.push({ part, problem: `${found.content.why}; --part restores others` });
      continue;
    }
    if (options.isWhole) problems.push(...found.lacks.map((problem) => ({ part, problem })));
    try {
      await check(found, snapshotsOf, options.deep, deps, activity);
    } catch (error) {
      if (!isDamage(error)) throw error;
      problems.push({ part, problem: messageOf(error) });
    }
    bytes += found.part.storedBytes;
    activity.onProgress?.({ bytes });
  }
  return problems;
}
