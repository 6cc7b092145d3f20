import { createReadStream } from "node:fs";
import { constants, copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { SavedImage } from "../../../domain/manifest.ts";
import { isErrorCode, messageOf, StackholdError } from "../../../errors.ts";
import type { Activity } from "../../../ports/capture.ts";
import { hashFile } from "../../byte-streams/hash-file.ts";
import { scratchIn } from "./part-files.ts";
import type { PointDeps } from "./point-deps.ts";

/** The checksum comes first: an engine must not get half of a damaged image. */
export async function* readImage(
  image: SavedImage,
  deps: PointDeps,
  activity: Activity,
): AsyncGenerator<Uint8Array> {
  await using scratch = await scratchIn(deps.workDir);
  yield* createReadStream(await fetchImage(image, scratch.path, deps, activity));
}

export async function writeImage(
  image: SavedImage,
  directory: string,
  deps: PointDeps,
  activity: Activity,
): Promise<SavedImage> {
  await using scratch = await scratchIn(deps.workDir);
  const path = await fetchImage(image, scratch.path, deps, activity);
  const { object: _, ...written } = image;
  const file = image.id.replace(/^sha256:/, "").concat(".image");
  await copyFile(path, join(directory, file), constants.COPYFILE_EXCL);
  return { ...written, file };
}

async function fetchImage(
  { id, object, sha256 }: SavedImage,
  directory: string,
  { client }: PointDeps,
  { signal }: Activity,
): Promise<string> {
  const damaged = (why: string) =>
    new StackholdError("POINT_DAMAGED", `the image ${id} of the point is damaged: ${why}`);
  if (object === undefined) throw damaged("its manifest says not where it is");
  const quiet = signal === undefined ? {} : { signal };
  try {
    await client.run(["restore", object, directory, "--no-progress"], quiet);
  } catch (failure) {
    throw isErrorCode(failure, "TOOL_FAILED") ? damaged(messageOf(failure)) : failure;
  }
  const path = join(directory, "image.tar");
  const found = await hashFile(path, signal);
  if (found.sha256 !== sha256) throw damaged("its SHA-256 differs");
  return path;
}
