import type { ArchiveFile, Manifest, SavedImage, StoredPart } from "../domain/manifest.ts";
import type { PartId } from "../domain/part.ts";
import type { ForeignWriter, PointStatus } from "../domain/point-results.ts";
import type { StoredEntry } from "../domain/stored-entry.ts";
import type { Administration } from "./administration.ts";
import type { Activity, Measure, Picked, Space, TooLong, Tree } from "./capture.ts";
import type { TwoPhase } from "./two-phase.ts";

/** One point in one repository. */
export interface PointRef {
  readonly host: string;
  readonly unit: string;
  readonly backupId: string;
}

export interface PointSummary extends PointRef {
  readonly repository: string;
  readonly createdAt: string;
  readonly scope: string;
  readonly kind: "stack" | "standalone";
  /**
   * `damaged`: published, but its manifest cannot be read, or a file that it names is missing or of
   * another size; contents are only read by `verify`. `newer`: of a newer Stackhold. `incomplete`:
   * written by another program, which left out something of it, or has removed it since.
   */
  readonly status: PointStatus;
  /** Absent for Stackhold's own points. Others are read, and never changed or removed. */
  readonly writtenBy?: ForeignWriter;
  readonly bytes: number;
  readonly storedBytes: number;
  /** Of `storedBytes`, what its images take, which other points of its unit may share. */
  readonly imageBytes: number;
  /** How many its run gave for this unit; 0 where the manifest cannot be read. */
  readonly warnings: number;
  readonly pinned: boolean;
}

/** What a point's archives take, without its images, which the next point shares. */
export function bytesOfParts({
  storedBytes,
  imageBytes,
}: Pick<PointSummary, "storedBytes" | "imageBytes">): number {
  return storedBytes - imageBytes;
}

/** Others' points are restored from, and count for nothing that Stackhold has to do or to keep. */
export function isOwn({ writtenBy }: Pick<PointSummary, "writtenBy">): boolean {
  return writtenBy === undefined;
}

export interface PointFilter {
  /** All hosts where absent. */
  readonly host?: string;
  readonly unit?: string;
}

/**
 * `recent`: what a repository was heard to hold since it was opened will do, with what was done there since by this
 * process; it asks where it has heard nothing. For a run, which opens it, and looks once more before it publishes.
 */
export interface Glance {
  readonly recent?: boolean;
}

export interface Problem {
  /** `KIND:NAME` of a part, or `manifest`. */
  readonly part: string;
  readonly problem: string;
}

/** A tree to store under a part. The repository decides how; it does not own the source. */
export interface PartSource extends PartId {
  readonly source: string;
  readonly tree: Tree;
  /** The tree moves while it is stored: what changes until its freeze follows in `settle`. */
  readonly passes?: TwoPhase;
}

/** An image to keep with a point. Its content is asked for unless an earlier point has it. */
export interface ImageSource {
  readonly id: string;
  /** As `Engine.saveImage` gives it. */
  readonly content: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
}

/** Writes files of another point into a directory, as `PointReader.handOut` does, and describes them. */
export type HandOut = (directory: string) => Promise<readonly ArchiveFile[]>;

/** How a point takes what another point consists of without unpacking it. */
export interface Adoption {
  /** What is encrypted to exactly these is taken as it is, what is not is encrypted to them. */
  readonly recipients?: readonly string[];
  /**
   * Keeps a part by the very files that are handed out; durable when it returns. POINT_DAMAGED, and
   * nothing of it stays, where one is not what is said of it.
   */
  part(part: StoredPart, handOut: HandOut, activity: Activity): Promise<StoredPart>;
  /** The same for an image, unless an earlier point of the unit has it, as with `storeImage`. */
  image(
    image: SavedImage,
    handOut: (directory: string) => Promise<SavedImage>,
    activity: Activity,
  ): Promise<SavedImage>;
}

/** How large a tree would be in a repository. */
export interface Estimate {
  readonly storedBytes: number;
  /** So much of the tree was tried out; 0: assumed. */
  readonly sampledBytes: number;
}

/** `replaced`: another one lies there than the last time that one was opened, where that can be known. */
export type Opened = "made" | "found" | "replaced";

/**
 * Where points are kept. A point is published atomically: until `publish` returns it is neither
 * listed nor opened, and what a killed run left of it is removed by `sweep`. Errors:
 * REPOSITORY_UNUSABLE, NO_SPACE, WRONG_CREDENTIALS, UNKNOWN_POINT, POINT_DAMAGED, NEWER_FORMAT,
 * CANCELLED, POINT_PINNED.
 */
export interface Repository {
  readonly name: string;
  readonly kind: "archive" | "kopia";
  /** Host directories that must never be captured because the repository lies in them. */
  readonly localPaths: readonly string[];
  /** Makes it on first use and shows that it can be written; REPOSITORY_UNUSABLE says why not. */
  open(): Promise<Opened>;
  /** What `open` would do, or throws as it would; makes nothing. */
  examine(): Promise<Opened>;
  /** Whether anything lies at its place, be it a repository or not. */
  exists(): Promise<boolean>;
  /** Undefined where the storage cannot tell. */
  space(): Promise<Space | undefined>;
  /** What a tree that measures so would take if nothing of it were stored yet. Writes nothing. */
  estimate(tree: Tree, measure: Measure, activity: Activity): Promise<Estimate>;
  /** Removes partial points of this host that no living run writes. Returns what it removed. */
  sweep(host: string, glance?: Glance): Promise<PointRef[]>;
  begin(ref: PointRef, glance?: Glance): Promise<PointWriter>;
  /** Newest first. A point that cannot be read is listed as damaged, never a failure. */
  list(filter: PointFilter, glance?: Glance): Promise<PointSummary[]>;
  read(ref: PointRef): Promise<PointReader>;
  /** Ids of the images that points of a unit keep, which a further point need not store again. */
  savedImages(of: Pick<PointRef, "host" | "unit">): Promise<ReadonlySet<string>>;
  /** A pinned point is refused with POINT_PINNED and stays. */
  remove(ref: PointRef): Promise<{ readonly freedBytes: number }>;
  /** Durable when it returns; asking for what is already so does nothing. Changes nothing else. */
  pin(ref: PointRef, pinned: boolean): Promise<void>;
  /** Versions of the tools that it needs besides the capture's, by name; absent where there are none. */
  readonly tools?: () => Promise<Readonly<Record<string, string>>>;
  /** Absent where nothing is connected, maintained or locked by a password. */
  readonly administration?: Administration;
}

export interface PointWriter {
  /** A private directory, made here, in one of `localPaths`; it goes with the partial point. */
  spool(): Promise<string>;
  /**
   * Stores a whole tree. It returns as soon as the source is no longer read, so that the unit can
   * start again; `settle` ends the rest (checksums, flushing). May run for several parts at once.
   * A part that is stored in two passes has what the first one stored flushed when this returns,
   * and may settle once its tree was frozen.
   */
  store(source: PartSource, activity: Activity): Promise<PendingPart>;
  /**
   * Keeps an image with the point; durable when it returns. Content that an earlier point of the
   * unit has, and that is whole there, is shared with it; either may be removed without the other.
   * What the content throws is thrown, and nothing of it stays.
   */
  storeImage(image: ImageSource, activity: Activity): Promise<SavedImage>;
  /** Absent where parts are not kept as such files. */
  readonly adopt?: Adoption;
  /**
   * Makes everything durable, then the point visible, in one step. Gives back the manifest as it is kept: where its parts lie
   * and what they take may be known only then.
   */
  publish(manifest: Manifest): Promise<Manifest>;
  /** Removes what was written. Idempotent; does nothing after `publish`. */
  discard(): Promise<void>;
}

export interface PendingPart {
  /** Names that changed while they were read. */
  readonly unsteady: readonly string[];
  /** What no archive takes; of a part that is stored in two passes its freeze tells. */
  readonly tooLong?: TooLong;
  settle(): Promise<StoredPart>;
}

export interface PointReader {
  readonly manifest: Manifest;
  /**
   * Structure and checksums, of everything, or of these parts, and of the images if `images` says
   * so; `deep` also reads every entry back out of its archive.
   */
  verify(
    options: {
      readonly deep: boolean;
      readonly parts?: readonly PartId[];
      readonly images?: boolean;
    },
    activity: Activity,
  ): Promise<Problem[]>;
  /** Unpacks a part into an existing empty directory, as `Capture.extract` does. */
  extract(part: PartId, directory: string, activity: Activity): Promise<void>;
  /**
   * Hands over, in batches, the wanted entries of a part, by their paths relative to its root in
   * latin1 bytes. Every path is asked for, some more than once.
   */
  list(
    part: PartId,
    wanted: (path: string) => boolean,
    onEntries: (entries: readonly StoredEntry[]) => void | Promise<void>,
    activity: Activity,
  ): Promise<void>;
  /** Unpacks one entry of a part, with all below it, within an existing empty directory. UNKNOWN_PATH. */
  fetch(part: PartId, path: string, directory: string, activity: Activity): Promise<Picked>;
  /** Hands over the content of a regular file; USAGE for anything else, UNKNOWN_PATH. */
  pour(
    part: PartId,
    path: string,
    onBytes: (bytes: Uint8Array) => Promise<void>,
    activity: Activity,
  ): Promise<void>;
  /**
   * Hands over the contents of regular files, of which there may be many but none large; others
   * are passed over. Names are latin1.
   */
  pourFiles(
    part: PartId,
    names: ReadonlySet<string>,
    onFile: (name: string, content: Uint8Array) => void | Promise<void>,
    activity: Pick<Activity, "signal">,
  ): Promise<void>;
  /**
   * Writes what tar can restore the part from by hand (docs/format.md) into an existing directory,
   * for its owner alone, and tells the files' names and order. The point keeps its own. What is
   * encrypted is decrypted, unless it is for exactly the recipients `sealedFor`.
   * OUTPUT_UNWRITABLE, NO_SPACE.
   */
  handOut(
    part: PartId,
    directory: string,
    activity: Activity,
    sealedFor?: readonly string[],
  ): Promise<readonly ArchiveFile[]>;
  /** The same for an image that the point keeps. */
  handOutImage(
    image: SavedImage,
    directory: string,
    activity: Activity,
    sealedFor?: readonly string[],
  ): Promise<SavedImage>;
  /**
   * The content of an image that the point keeps. POINT_DAMAGED before the first byte where its
   * file is not as it was stored.
   */
  readImage(image: SavedImage, activity: Activity): AsyncIterable<Uint8Array>;
}
