import { join } from "node:path";
import type { ArchiveFile, Manifest, SavedImage, StoredPart } from "../../domain/manifest.ts";
import { formatPart } from "../../domain/part.ts";
import { isErrorCode } from "../../errors.ts";
import type { Activity, Capture } from "../../ports/capture.ts";
import type { Problem } from "../../ports/repository.ts";
import { hashFile } from "../byte-streams/hash-file.ts";
import { mapBounded } from "./bounded.ts";
import { strangeArchive } from "./check-file.ts";
import { counting } from "./counting.ts";
import { errnoOf } from "./errors.ts";

type Role = ArchiveFile["role"];
type Inspection = Pick<Capture, "inspect" | "inspectListing" | "inspectDeletions">;

/** Hashing fills one core; a second file keeps the disk busy meanwhile. */
const atOnce = 2;

interface Checked {
  readonly archive: Omit<ArchiveFile, "role">;
  readonly part: string;
  readonly role: Role;
  /** How many it must hold, where that is known. */
  readonly entries: number | undefined;
}

/** Every archive against the manifest. What is wrong is the answer, never a failure. */
export async function verifyPoint(
  directory: string,
  manifest: Manifest,
  deep: boolean,
  activity: Activity,
  capture: Inspection,
): Promise<Problem[]> {
  const files: Checked[] = [
    ...manifest.parts.flatMap((part) =>
      part.archives.map((archive) => ({
        archive,
        part: formatPart(part),
        role: archive.role,
        entries: promised(manifest, part, archive.role),
      })),
    ),
    ...(manifest.images ?? []).map(ofImage),
  ];
  const totalBytes = files.reduce((sum, { archive }) => sum + archive.bytes, 0);
  const onBytes = counting(activity, totalBytes);
  const found = await mapBounded(files, atOnce, async ({ part, archive, role, entries }) => {
    const path = join(directory, archive.file);
    const problem =
      (await contentProblem(directory, archive, onBytes, activity.signal)) ??
      (deep ? await entriesProblem(path, role, entries, capture, activity) : undefined);
    if (problem === undefined) return [];
    return [{ part, problem: `${archive.file} ${problem}` }];
  });
  return found.flat();
}

/** It lies with the recipe, and is a tar like any other. */
function ofImage(archive: SavedImage): Checked {
  return { archive, part: "recipe", role: "hot", entries: undefined };
}

/** How many entries a file must hold, where that is known: not while the unit kept running. */
function promised(manifest: Manifest, part: StoredPart, role: Role): number | undefined {
  if (role === "listing") return part.files;
  const isWhole = role === "hot" && part.archives.length === 1;
  return isWhole && manifest.quiesce !== "none" ? part.files : undefined;
}

/** Whether a file is what was stored. */
export async function contentProblem(
  directory: string,
  archive: Pick<ArchiveFile, "file" | "bytes" | "sha256">,
  onBytes: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    const strange = await strangeArchive(directory, archive);
    if (strange !== undefined) return strange;
    const { sha256 } = await hashFile(join(directory, archive.file), signal, onBytes);
    return sha256 === archive.sha256 ? undefined : "has another content: its SHA-256 differs";
  } catch (thrown) {
    const code = errnoOf(thrown);
    if (code === undefined) throw thrown;
    return `cannot be read (${code})`;
  }
}

async function entriesProblem(
  path: string,
  role: Role,
  expected: number | undefined,
  capture: Inspection,
  activity: Activity,
): Promise<string | undefined> {
  const { signal } = activity;
  try {
    const files = await countEntries(path, role, capture, signal === undefined ? {} : { signal });
    if (expected === undefined || files === expected) return undefined;
    return `holds ${files} entries instead of ${expected}`;
  } catch (thrown) {
    const isBroken = isErrorCode(thrown, "TOOL_FAILED") || isErrorCode(thrown, "POINT_DAMAGED");
    if (!isBroken || !(thrown instanceof Error)) throw thrown;
    return `cannot be read through: ${thrown.message}`;
  }
}

async function countEntries(
  path: string,
  role: Role,
  capture: Inspection,
  activity: Activity,
): Promise<number> {
  if (role === "deleted") return capture.inspectDeletions(path, activity);
  const { files } =
    role === "listing"
      ? await capture.inspectListing(path, activity)
      : await capture.inspect(path, activity);
  return files;
}
