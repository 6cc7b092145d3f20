import type { ListedPart } from "../../domain/file-results.ts";
import type { Deps } from "../context.ts";
import { locatePoint } from "../restore/locate-point.ts";
import type { PointChoice } from "./open-part.ts";

/** What a point holds, as `files ls` and `--part` name it. */
export async function listParts(choice: PointChoice, deps: Deps): Promise<ListedPart[]> {
  const { reader } = await locatePoint(choice, deps);
  return reader.manifest.parts.map(({ kind, name, source, bytes, files }) => ({
    ...{ kind, name, source, bytes, files },
  }));
}
