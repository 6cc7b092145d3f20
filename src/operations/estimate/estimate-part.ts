import type { PartEstimate, StoredEstimate } from "../../domain/estimate-result.ts";
import type { PartId } from "../../domain/part.ts";
import type { GatheredPart } from "../../domain/recipe/gathered.ts";
import { roomFor } from "../../domain/room.ts";
import type { PlannedSource } from "../../domain/sources/plan-sources.ts";
import type { Measure } from "../../ports/capture.ts";
import type { Context } from "../context.ts";
import type { LastPoint } from "./last-points.ts";

/** What a compressor makes of small texts, roughly. */
const textShare = 0.4;

/** What the newest point made of the same part, carried over to what it holds now. */
function fromPoint(
  { kind, name }: PartId,
  measure: Pick<Measure, "bytes" | "allocatedBytes">,
  { repository, point }: LastPoint,
): StoredEstimate | undefined {
  const part = point?.parts.find((one) => one.kind === kind && one.name === name);
  if (point === undefined || part === undefined) return undefined;
  const then = roomFor(part);
  const room = roomFor(measure);
  if (then === 0 && room > 0) return undefined;
  const storedBytes = then === 0 ? part.storedBytes : (part.storedBytes * room) / then;
  return {
    repository: repository.name,
    storedBytes: Math.round(storedBytes),
    basis: "point",
    backupId: point.backupId,
  };
}

/** What is stored of a tree, by the newest point, else by a sample of it. */
export async function estimateTree(
  { source, ...measure }: Measure & { readonly source: PlannedSource },
  known: readonly LastPoint[],
  { signal }: Pick<Context, "signal">,
): Promise<PartEstimate> {
  const { kind, name, path, type, exclude } = source;
  const { bytes, files } = measure;
  const stored: StoredEstimate[] = [];
  for (const last of known) {
    const { repository } = last;
    const byPoint = fromPoint(source, measure, last);
    if (byPoint !== undefined) {
      stored.push(byPoint);
      continue;
    }
    const tried = await repository.estimate({ path, type, exclude }, measure, { signal });
    const { storedBytes, sampledBytes } = tried;
    const isTried = sampledBytes > 0 || bytes === 0;
    const basis = isTried
      ? ({ basis: "sample", sampledBytes } as const)
      : ({ basis: "assumption" } as const);
    stored.push({ repository: repository.name, storedBytes, ...basis });
  }
  return { kind, name, source: source.source, bytes, files, stored };
}

/** Of the recipe and its like, which are at hand. */
export function estimateGathered(
  { kind, source, files }: GatheredPart,
  known: readonly LastPoint[],
): PartEstimate {
  const id = { kind, name: "" };
  const bytes = files.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  const stored = known.map(
    (last): StoredEstimate =>
      fromPoint(id, { bytes }, last) ?? {
        repository: last.repository.name,
        storedBytes: Math.round(bytes * textShare),
        basis: "assumption",
      },
  );
  return { ...id, source, bytes, files: files.length + 1, stored };
}
