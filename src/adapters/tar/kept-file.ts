import { dirname, join } from "node:path";
import type { Activity, Layers } from "../../ports/capture.ts";
import { restoreAttributes } from "./attributes.ts";
import { writeAttributesOf } from "./attributes-of.ts";
import { keptOf } from "./hot-layer.ts";
import type { Opener } from "./opened.ts";

/** Puts one kept file, with all of its attributes, at `<directory>/entry`. */
export async function placeKeptFile(
  runner: Opener,
  layers: Layers,
  name: string,
  directory: string,
  activity: Activity,
): Promise<string> {
  const kept = keptOf(layers);
  const entry = join(directory, "entry");
  if (kept === undefined) return entry;
  await kept.placeFile(name, entry, activity);
  if (kept.attributes === undefined) return entry;
  const own = join(directory, "attributes");
  const has = await writeAttributesOf(kept.attributes, `./${name}`, "./entry", own);
  if (has) await restoreAttributes(runner, own, dirname(entry), activity);
  return entry;
}
