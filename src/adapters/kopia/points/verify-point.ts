import { join } from "node:path";
import type { Manifest, SavedImage, StoredPart } from "../../../domain/manifest.ts";
import { formatPart } from "../../../domain/part.ts";
import { isErrorCode, messageOf } from "../../../errors.ts";
import type { Activity } from "../../../ports/capture.ts";
import type { Problem } from "../../../ports/repository.ts";
import { hashFile } from "../../byte-streams/hash-file.ts";
import { fetchPart } from "./part-files.ts";
import type { PointDeps } from "./point-deps.ts";

/**
 * That every object of the point is there; `deep`: reads everything, and what stands beside the trees against the
 * manifest's checksums. What is wrong is the answer, never a failure; a storage that is away is one.
 */
export async function verifyPoint(
  { parts, images = [] }: Pick<Manifest, "parts" | "images">,
  deep: boolean,
  deps: PointDeps,
  activity: Activity,
): Promise<Problem[]> {
  const totalBytes = [
    ...parts.map((part) => part.storedBytes),
    ...images.map(({ bytes }) => bytes),
  ];
  const total = totalBytes.reduce((sum, bytes) => sum + bytes, 0);
  let bytes = 0;
  const problems: Problem[] = [];
  const look = async (part: string, size: number, work: () => Promise<string | undefined>) => {
    const problem = await answered(work);
    if (problem !== undefined) problems.push({ part, problem });
    bytes += size;
    activity.onProgress?.({ bytes, totalBytes: total });
  };
  for (const part of parts) {
    await look(formatPart(part), part.storedBytes, () => partProblem(part, deep, deps, activity));
  }
  for (const image of images) {
    await look("recipe", image.bytes, () => imageProblem(image, deep, deps, activity));
  }
  return problems;
}

async function partProblem(
  part: StoredPart,
  deep: boolean,
  deps: PointDeps,
  activity: Activity,
): Promise<string | undefined> {
  const { kopia } = part;
  if (kopia === undefined) return "its manifest says not where its files are";
  const { tree, sidecar } = kopia;
  const objects = tree === undefined ? [sidecar] : [tree, sidecar];
  await verifyObjects(objects, deep, deps, activity);
  if (!deep) return undefined;
  const { signal } = activity;
  await using fetched = await fetchPart(part, deps, activity);
  for (const { file, sha256 } of part.archives) {
    const found = await hashFile(join(fetched.directory, file), signal);
    if (found.sha256 !== sha256) return `${file} has another content: its SHA-256 differs`;
  }
  const { hot, listing, deleted } = fetched.layers;
  const { files } =
    typeof hot === "string"
      ? await deps.capture.inspect(hot, signalOf(activity))
      : await deps.capture.inspectListing(listing ?? "", signalOf(activity));
  if (deleted !== undefined) await deps.capture.inspectDeletions(deleted, signalOf(activity));
  return files === part.files ? undefined : `holds ${files} entries instead of ${part.files}`;
}

async function imageProblem(
  { object }: SavedImage,
  deep: boolean,
  deps: PointDeps,
  activity: Activity,
): Promise<string | undefined> {
  if (object === undefined) return "its manifest says not where an image is";
  await verifyObjects([object], deep, deps, activity);
  return undefined;
}

/** Kopia walks directories, and of each file asks for its blobs, or reads it. */
async function verifyObjects(
  objects: readonly string[],
  deep: boolean,
  { client }: PointDeps,
  activity: Activity,
): Promise<void> {
  const percent = `--verify-files-percent=${deep ? 100 : 0}`;
  const directories = objects.filter(isDirectory).map((id) => `--directory-id=${id}`);
  const files = objects.filter((id) => !isDirectory(id)).map((id) => `--file-id=${id}`);
  await client.run(["snapshot", "verify", percent, ...directories, ...files], signalOf(activity));
}

/** Kopia's object ids say it by their first letter (repo/object, snapshot/policy: `k`). */
function isDirectory(object: string): boolean {
  return /^I*k/.test(object);
}

function signalOf({ signal }: Pick<Activity, "signal">): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

async function answered(work: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await work();
  } catch (failure) {
    const isBroken = isErrorCode(failure, "TOOL_FAILED") || isErrorCode(failure, "POINT_DAMAGED");
    if (!isBroken) throw failure;
    return `cannot be read: ${messageOf(failure)}`;
  }
}
