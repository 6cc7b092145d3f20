import { StackholdError } from "../../../errors.ts";
import type { Activity } from "../../../ports/capture.ts";
import type { Snapshot } from "../snapshots.ts";
import { type KopiDockaDeps, scratchOf } from "./deps.ts";
import { type KopiaEntry, readDirectory } from "./directory.ts";
import { withStream } from "./stream.ts";

type Deps = Pick<KopiDockaDeps, "client" | "runner" | "stateDir">;

/** The one file of a snapshot that was made of a stream; its name says nothing. */
async function streamed(
  { id, rootEntry }: Snapshot,
  { client }: Deps,
  activity: Pick<Activity, "signal">,
): Promise<KopiaEntry> {
  const entries = await readDirectory(client, rootEntry?.obj ?? "", activity);
  const [file, ...others] = entries.filter(({ type }) => type === "f");
  if (file !== undefined && others.length === 0) return file;
  throw new StackholdError("POINT_DAMAGED", `the snapshot ${id} does not hold one tar stream`);
}

/** Hands over the tar archive that a snapshot holds. */
export async function pourArchive(
  snapshot: Snapshot,
  onBytes: (bytes: Uint8Array) => void | Promise<void>,
  deps: Deps,
  activity: Pick<Activity, "signal">,
): Promise<void> {
  const { signal } = activity;
  const { obj } = await streamed(snapshot, deps, activity);
  await deps.client.stream(["show", obj], onBytes, signal === undefined ? {} : { signal });
}

/** Lets programs read it at a path, as often as they like. */
export async function asArchive<T>(
  snapshot: Snapshot,
  deps: Deps,
  activity: Pick<Activity, "signal">,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const { signal } = activity;
  const { obj } = await streamed(snapshot, deps, activity);
  const { client, runner } = deps;
  const options = signal === undefined ? {} : { signal };
  await using scratch = await scratchOf(deps);
  const place = { runner, directory: scratch.path };
  return await withStream((onBytes) => client.stream(["show", obj], onBytes, options), place, work);
}
