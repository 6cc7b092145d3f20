import { type FetchedFile, pathDocument } from "../../domain/file-results.ts";
import { formatPart } from "../../domain/part.ts";
import { isErrorCode, StackholdError } from "../../errors.ts";
import type { Activity, Swap } from "../../ports/capture.ts";
import type { Context, Deps } from "../context.ts";
import { progressReporter } from "../progress.ts";
import { withFewWarnings } from "../restore/few-warnings.ts";
import { type FilesQuery, missingPath, type OpenPart, openPart } from "./open-part.ts";

async function orMissing<T>(
  open: OpenPart,
  activity: Pick<Activity, "signal">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isErrorCode(error, "UNKNOWN_PATH") ? await missingPath(open, activity) : error;
  }
}

/** Hands over the content of a stored file. */
export async function pourFile(
  query: FilesQuery,
  onBytes: (bytes: Uint8Array) => Promise<void>,
  deps: Deps,
  { signal }: Pick<Context, "signal">,
): Promise<void> {
  const open = await openPart(query, deps);
  const { reader } = open.point;
  await orMissing(open, { signal }, () => reader.pour(open.part, open.path, onBytes, { signal }));
}

function refuseThere({ fresh }: Swap, output: string): void {
  if (fresh) return;
  throw new StackholdError("USAGE", `${output} is already there`, {
    hint: "nothing was written: name a path that does not exist yet",
  });
}

async function fetchTo(
  open: OpenPart,
  output: string,
  deps: Deps,
  context: Context,
): Promise<void> {
  const { capture } = deps;
  const { signal, emit, runId } = context;
  const { reader } = open.point;
  const { unit } = reader.manifest;
  const onProgress = progressReporter({ unit, subject: formatPart(open.id) }, deps.clock, emit);
  const unpacking = await capture.planSwap(output, runId, "directory");
  refuseThere(unpacking, output);
  const places = [unpacking];
  try {
    const directory = await capture.prepare(unpacking);
    const { path, type } = await withFewWarnings(
      unit,
      { emit },
      (onWarning) =>
        reader.fetch(open.part, open.path, directory, { signal, onProgress, onWarning }),
      "which --events shows",
    );
    const swap = await capture.planSwap(output, `${runId}-entry`, type);
    places.push(swap);
    refuseThere(swap, output);
    await capture.restage(path, swap);
    await capture.swap(swap);
  } finally {
    for (const place of places) await capture.discard(place);
  }
}

/**
 * Writes a stored file, or a directory with all below it, to a path where nothing is yet. It
 * appears there whole, with its attributes.
 */
export async function getFile(
  query: FilesQuery,
  output: string,
  deps: Deps,
  context: Context,
): Promise<FetchedFile> {
  const open = await openPart(query, deps);
  await orMissing(open, context, () => fetchTo(open, output, deps, context));
  const { reader, repository } = open.point;
  return {
    schemaVersion: 1,
    unit: query.unit,
    backupId: reader.manifest.backupId,
    repository: repository.name,
    part: { kind: open.id.kind, name: open.id.name },
    ...pathDocument(query.path),
    output,
  };
}
