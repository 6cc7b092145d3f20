import type { ChosenPart, InnerPart } from "../../domain/choose-parts.ts";
import type { StoredPart } from "../../domain/manifest.ts";
import { formatPart, type PartId } from "../../domain/part.ts";
import { printableName, searchPath } from "../../domain/part-path.ts";
import type { RestoreResult } from "../../domain/results.ts";
import { isBelow } from "../../domain/stored-entry.ts";
import { StackholdError } from "../../errors.ts";
import type { PointReader } from "../../ports/repository.ts";
import { notInside } from "./plan-swaps.ts";

type PartResult = RestoreResult["parts"][number];

/** The point tells sizes of whole parts only; of what lies inside one, its table does. */
async function innerResult(
  { kind, name, path, within }: InnerPart,
  part: StoredPart,
  reader: PointReader,
  signal: AbortSignal,
): Promise<PartResult> {
  const wanted = Buffer.from(path, "utf8").toString("latin1");
  const search = searchPath(wanted);
  const isWanted = (one: string) => {
    search.see(one);
    return one === wanted || isBelow(one, wanted);
  };
  let bytes = 0;
  let files = 0;
  await reader.list(
    part,
    isWanted,
    (entries) => {
      for (const { size, hardLinkTo } of entries) {
        files += 1;
        if (hardLinkTo === undefined) bytes += size;
      }
    },
    { signal },
  );
  if (files > 0)
    return { kind, name, ...(within === undefined ? {} : { path: within }), bytes, files };
  if (within === undefined) throw notInside(path, part);
  throw unknownPath({ kind, name }, within, path, search.suggestion());
}

function unknownPath(
  id: PartId,
  within: string,
  path: string,
  suggestion: string | undefined,
): StackholdError {
  const base = path.slice(0, path.length - within.length);
  const near = printableName(suggestion ?? "").slice(base.length);
  const meant = near === "" ? "" : `: did you mean "${near}"?`;
  return new StackholdError("UNKNOWN_PATH", `${formatPart(id)} has no "${within}"${meant}`, {
    hint: "`stackhold files ls` shows what is there; nothing was touched",
  });
}

/** What a restore says of what was chosen. UNKNOWN_PART where a part was stored without it. */
export async function partResults(
  chosen: readonly ChosenPart[],
  reader: PointReader,
  signal: AbortSignal,
): Promise<PartResult[]> {
  const results: PartResult[] = [];
  for (const { part, only } of chosen) {
    const { kind, name, bytes, files } = part;
    if (only === undefined) results.push({ kind, name, bytes, files });
    for (const inner of only ?? []) results.push(await innerResult(inner, part, reader, signal));
  }
  return results;
}
