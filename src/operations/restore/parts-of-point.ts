import type { RestoreResult } from "../../domain/results.ts";
import type { Context, Deps } from "../context.ts";
import { locatePoint } from "./locate-point.ts";
import { partResults } from "./part-results.ts";
import { partsFor, withServices } from "./parts-for.ts";
import type { RestoreInput } from "./restore-input.ts";

/** What of a point a restore would bring back. */
export async function partsOfPoint(
  input: RestoreInput,
  deps: Deps,
  { signal }: Context,
): Promise<RestoreResult["parts"]> {
  const { reader } = await locatePoint(input, deps);
  return partResults(
    partsFor(withServices(input, reader.manifest), reader.manifest),
    reader,
    signal,
  );
}
