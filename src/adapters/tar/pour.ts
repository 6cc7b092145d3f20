import { StackholdError } from "../../errors.ts";
import type { Activity, Layers } from "../../ports/capture.ts";
import { archiveOf, keptOf } from "./hot-layer.ts";
import { listedEntry, unknownPath } from "./listed-entry.ts";
import { locate } from "./locate.ts";
import type { Opener } from "./opened.ts";
import { pull } from "./pull.ts";
import { pullOne } from "./pull-one.ts";

/** Hands over the content of a regular file, without any of it touching the disk. */
export async function pour(
  runner: Opener,
  layers: Layers,
  name: string,
  onBytes: (bytes: Uint8Array) => Promise<void>,
  activity: Activity,
): Promise<void> {
  const pulled = await pullOne(runner, layers, name, { onBytes }, activity);
  if (pulled.how === "kept") return keptOf(layers)?.pour(name, onBytes, activity);
  if (pulled.how === "absent") throw unknownPath(archiveOf(layers.hot));
  if (pulled.how === "others") return pourShared(runner, layers, name, onBytes, activity);
  if (pulled.how === "pulled" && pulled.entry.type !== "f") throw noContent();
}

/** Of a file with further names: an archive has its content under the first. */
async function pourShared(
  runner: Opener,
  layers: Layers,
  name: string,
  onBytes: (bytes: Uint8Array) => Promise<void>,
  activity: Activity,
): Promise<void> {
  const listed = await listedEntry(runner, layers, name, activity);
  if (listed !== undefined && listed.type !== "f") throw noContent();
  const located = await locate(runner, layers, name, activity);
  const kept = keptOf(layers);
  if (located === undefined && kept !== undefined) return kept.pour(name, onBytes, activity);
  if (located === undefined) throw unknownPath(archiveOf(layers.hot));
  const { file, entry } = located;
  if (entry.type !== "f") throw noContent();
  await pull(runner, file, entry.hardLinkTo ?? name, { onBytes }, activity);
}

function noContent(): StackholdError {
  return new StackholdError("USAGE", "only the content of a regular file can be printed", {
    hint: "write it to a place of its own with -o",
  });
}
