import { join } from "node:path";
import type { Coverage } from "../../domain/manifest.ts";
import type { GatheredFile, GatheredPart } from "../../domain/recipe/gathered.ts";
import { jsonText } from "../../domain/recipe/render.ts";
import type { Deps } from "../context.ts";
import { treeOf } from "./freeze/plan-freeze.ts";
import type { Destination, Portion } from "./freeze/store-parts.ts";

/** Without what is only news to this run: the same coverage gives the same file. */
function coverageFile({ protected: stored, excluded, gaps }: Coverage): GatheredFile {
  const document = {
    protected: stored,
    excluded,
    gaps: gaps.map(({ what, why }) => ({ what, why })),
  };
  return { path: "coverage.json", content: jsonText(document) };
}

function portionAt(path: string, { kind, source }: GatheredPart): Portion {
  const planned = { kind, name: "", source, path, type: "directory", exclude: [] } as const;
  return { source: planned, tree: treeOf(planned) };
}

/**
 * Writes what was gathered where it can be stored from: in the private directory of the first
 * repository that takes it. One that does not is out of the run.
 */
export async function layOutGathered(
  parts: readonly GatheredPart[],
  coverage: Coverage,
  destinations: readonly Destination[],
  { capture }: Pick<Deps, "capture">,
): Promise<Portion[]> {
  if (parts.length === 0) return [];
  for (const destination of destinations) {
    if (destination.writer === undefined || destination.error !== undefined) continue;
    try {
      const spool = await destination.writer.spool();
      const portions: Portion[] = [];
      for (const part of parts) {
        const own = part.kind === "recipe" ? [coverageFile(coverage)] : [];
        const place = join(spool, part.kind);
        await capture.layOut(place, [...part.files, ...own]);
        portions.push(portionAt(place, part));
      }
      return portions;
    } catch (error) {
      destination.error = error;
    }
  }
  return [];
}
