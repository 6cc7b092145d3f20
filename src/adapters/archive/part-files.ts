import { basename, join } from "node:path";
import type { ArchiveFile, StoredPart } from "../../domain/manifest.ts";
import type { Activity, ArchiveTarget, Measure } from "../../ports/capture.ts";
import type { PartSource } from "../../ports/repository.ts";
import type { HashedFile } from "../byte-streams/hash-file.ts";
import { followHash } from "./hash-follower.ts";
import { archiveFileName } from "./names.ts";
import { during, type WritingPoint } from "./writing-point.ts";

export function targetFor(
  { directory, settings, recipients }: WritingPoint,
  source: PartSource,
  role: ArchiveFile["role"],
): ArchiveTarget {
  const { compression, level } = settings;
  const file = join(directory, archiveFileName(source, role, compression, recipients));
  return { file, compression, level, ...(recipients === undefined ? {} : { recipients }) };
}

/** A file that is written in full. */
export interface WrittenFile<T> {
  readonly outcome: T;
  /** Its checksum; it is durable and private then. */
  readonly finish: () => Promise<HashedFile>;
}

/** Writes a file and hashes it meanwhile; nothing reads or writes it any more when this throws. */
export async function writeFollowed<T>(
  point: WritingPoint,
  file: string,
  activity: Activity,
  write: (activity: Activity) => Promise<T>,
): Promise<WrittenFile<T>> {
  const { deps, flushing, endings } = point;
  const follower = followHash(file, deps.clock, flushing);
  const writing = write(during(point, activity));
  endings.add(async () => {
    await writing.catch(() => undefined);
    await follower.abandon();
  });
  try {
    return { outcome: await writing, finish: follower.finish };
  } catch (thrown) {
    await follower.abandon();
    throw thrown;
  }
}

/** Of a file that is there. */
export async function hashWritten(point: WritingPoint, file: string): Promise<HashedFile> {
  return (await writeFollowed(point, file, {}, async () => undefined)).finish();
}

export function archiveFile(
  { file, compression, recipients }: Pick<ArchiveTarget, "file" | "compression" | "recipients">,
  role: ArchiveFile["role"],
  hashed: HashedFile,
): ArchiveFile {
  const sealed = recipients === undefined ? {} : { recipients: [...recipients] };
  return { file: basename(file), role, compression, ...hashed, ...sealed };
}

export function storedPart(
  { kind, name, source, tree }: PartSource,
  { bytes, allocatedBytes, files }: Measure,
  archives: ArchiveFile[],
): StoredPart {
  return {
    kind,
    name,
    source,
    type: tree.type,
    bytes,
    ...(allocatedBytes === undefined ? {} : { allocatedBytes }),
    files,
    ...storedSizes(archives),
    archives,
  };
}

export function storedSizes(
  archives: readonly ArchiveFile[],
): Pick<StoredPart, "storedBytes" | "deltaBytes"> {
  const sum = (of: readonly ArchiveFile[]) => of.reduce((total, file) => total + file.bytes, 0);
  return {
    storedBytes: sum(archives),
    deltaBytes: sum(archives.filter(({ role }) => role === "delta")),
  };
}
