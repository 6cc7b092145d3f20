import type { Compression, RecordedDirectory } from "../domain/manifest.ts";
import type { StoredEntry } from "../domain/stored-entry.ts";
import type { TwoPhase } from "./two-phase.ts";

/** What lies at a host path, symbolic links followed. */
export interface Probe {
  readonly type: "directory" | "file" | "socket" | "device" | "fifo" | "missing" | "unreadable";
  /** The path with symbolic links resolved; the path itself when missing. */
  readonly realPath: string;
  /** Another file system than that of the directory above it is mounted there. */
  readonly isMountPoint?: boolean;
  /** Why it is unreadable. */
  readonly detail?: string;
}

export interface Space {
  readonly totalBytes: number;
  readonly usedBytes: number;
  /** What an unprivileged process may still write. */
  readonly freeBytes: number;
  /** Equal for two paths of the same file system. */
  readonly fileSystem: string;
  /** Nobody can write there: it is mounted so, or its disk has failed. */
  readonly isReadOnly?: boolean;
}

export interface Measure {
  /** Apparent bytes of regular files, each inode once. */
  readonly bytes: number;
  /** Entries of every type, the root included. */
  readonly files: number;
  /** Of `bytes`, what lies in no hole: the room that they need. Absent where it cannot be told. */
  readonly allocatedBytes?: number;
  /** What is not counted, nor stored, since no tar could unpack it. */
  readonly tooLong?: TooLong;
}

/** Entries whose path from the root is too long for what unpacks them: more than 4,062 bytes. */
export interface TooLong {
  /** Topmost ones only. */
  readonly count: number;
  /** A path of one, relative to the root. */
  readonly first: string;
}

/** Content that was compressed for a try, and what became of it. */
export interface Sampled {
  readonly bytes: number;
  readonly storedBytes: number;
}

/**
 * A tree to read: a directory, or a single file. What is stored has a path without symbolic links;
 * where one is on the way by then it is SOURCE_UNREADABLE, since it may lead to anything.
 */
export interface Tree {
  readonly path: string;
  readonly type: "directory" | "file";
  /** gitignore patterns relative to the root. */
  readonly exclude: readonly string[];
}

export interface Activity {
  readonly signal?: AbortSignal;
  /** Called at least every second while bytes flow, with the totals so far. */
  readonly onProgress?: (progress: {
    readonly bytes: number;
    readonly totalBytes?: number;
    readonly files?: number;
  }) => void;
  /** What could not be restored exactly, e.g. xattrs that the file system does not take. */
  readonly onWarning?: (message: string) => void;
}

export interface ArchiveTarget {
  /** Where the finished archive file shall be; must not exist. Written under exactly this name. */
  readonly file: string;
  readonly compression: Compression;
  readonly level: number;
  /** Whom it is encrypted to, in the words of age, once it is compressed. Absent: it is not. */
  readonly recipients?: readonly string[];
}

/** Files that a tree's archive holds, as counted by a listing taken while it was written. */
export interface ArchiveOutcome extends Measure {
  /** Names that changed or vanished while they were read; empty when the tree stood still. */
  readonly unsteady: readonly string[];
}

/** A whole tree of which another program keeps the files; host paths, in the order in which they are applied. */
export interface KeptHot {
  /** Puts what was kept, with mode, owner and mtime, into an existing empty directory. */
  readonly place: (directory: string, activity: Activity) => Promise<void>;
  /** The same of one regular file by its path (latin1), which becomes this file; what is kept under it must be one. */
  readonly placeFile: (path: string, file: string, activity: Activity) => Promise<void>;
  /** Hands over its content. */
  readonly pour: (
    path: string,
    onBytes: (bytes: Uint8Array) => Promise<void>,
    activity: Activity,
  ) => Promise<void>;
  /** NUL-terminated names that are removed then. */
  readonly strange?: string;
  /** Which names are made one file. */
  readonly links?: string;
  /** xattrs and ACLs, as getfattr dumps them. */
  readonly attributes?: string;
  /** An archive of everything else, unpacked over the rest. */
  readonly rest: string;
}

/** The files of a stored part, host paths, in the order in which they are applied. */
export interface Layers {
  /** An archive of the whole tree, or what else it is made of. */
  readonly hot: string | KeptHot;
  /** NUL-terminated names that are removed then. */
  readonly deleted?: string;
  /** An archive of what changed, unpacked over the rest. */
  readonly delta?: string;
  /** What the tree must be in the end; docs/format.md has the form of all four. */
  readonly listing?: string;
}

/** Layers that are archives and nothing else. */
export interface ArchiveLayers extends Layers {
  readonly hot: string;
}

/** A file whose content is at hand. */
export interface SmallFile {
  /** Relative, without `.` and `..`. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** An entry that was unpacked alone. */
export interface Picked {
  /** Host path. */
  readonly path: string;
  /** `file` for anything but a directory. */
  readonly type: Tree["type"];
}

/** A symbolic link within a tree. */
export interface Link {
  /** Relative to the tree. */
  readonly name: string;
  readonly to: string;
}

/** Relative paths. */
export interface Comparison {
  readonly missing: readonly string[];
  /** Missing too, by names that are not UTF-8 and so are no paths: only for people. */
  readonly unnameable: readonly string[];
  readonly differing: readonly string[];
}

/** What mount(8) needs to know; the options may hold a password. */
export interface MountOptions {
  readonly type: string;
  readonly device: string;
  readonly options: string;
}

/** One step of putting a tree in another's place; every path is on the same file system. */
export interface Swap {
  /** Host path that containers see. */
  readonly target: string;
  /** The new content, complete. */
  readonly staged: string;
  /** Where the old content goes; must not exist, its parent is made. */
  readonly aside: string;
  /** Nothing was there before. */
  readonly fresh: boolean;
  /** The target is a mount point: its children move, the directory stays. */
  readonly children: boolean;
}

/** Whose safety copy it is, as it is written beside it: it must be known without any other file. */
export interface SafetyOrigin {
  readonly unit: string;
  readonly runId: string;
  /** RFC 3339. */
  readonly createdAt: string;
}

/** What an in-place restore set aside. */
export interface SafetyCopy {
  /** `forget` takes it. */
  readonly swap: Swap;
  /** Host path of the old content. */
  readonly path: string;
  /** Undefined where nothing legible says it. */
  readonly origin: SafetyOrigin | undefined;
  /** New content is staged still, or old content on its way: this may be the only copy of the data. */
  readonly isUnfinished: boolean;
}

/**
 * Reads and writes the trees behind mounts, wherever they are: on this machine directly, or
 * through a worker beside them. Paths are the engine host's. Everything that costs bytes runs in
 * child processes next to the data. Errors: SOURCE_UNREADABLE, TOOL_FAILED, TOOL_MISSING,
 * NO_SPACE, POINT_DAMAGED, CANCELLED.
 */
export interface Capture {
  /** E.g. `directly on this host` and why, for doctor and plan. */
  readonly way: string;
  /** Versions of the tools it needs, by name; TOOL_MISSING names the one that is not there. */
  tools(): Promise<Readonly<Record<string, string>>>;
  /** The same of what storing and restoring a tree whose files a keeper has needs besides. */
  toolsBeside(): Promise<Readonly<Record<string, string>>>;
  probe(path: string): Promise<Probe>;
  /** Of the file system that holds the path, or its nearest existing ancestor. */
  space(path: string): Promise<Space>;
  measure(tree: Tree, activity?: Activity): Promise<Measure>;
  /**
   * Compresses pieces from all over a tree, at most 16 MiB, as an archive of it would be; `measure`
   * is what was found. Nothing is written; 0 bytes where none can be read.
   */
  sample(
    tree: Tree,
    measure: Pick<Measure, "bytes" | "allocatedBytes">,
    how: Pick<ArchiveTarget, "compression" | "level">,
    activity?: Activity,
  ): Promise<Sampled>;
  /**
   * Stores a tree as tar; the same tree gives the same bytes. Sockets are not stored, nor anything
   * called `.stackhold-safety`. Nothing is left under the name when it fails.
   */
  archive(tree: Tree, target: ArchiveTarget, activity?: Activity): Promise<ArchiveOutcome>;
  /**
   * Begins to store a tree in two passes: lists it and flushes its file systems. `spool` is a
   * private directory that is not `remote` (the clock that stamps files is read there), made where it is missing and used for nothing else,
   * that the result's `release` removes; when this throws, it is gone too.
   */
  twoPhase(tree: Tree, spool: string, activity?: Activity): Promise<TwoPhase>;
  /**
   * Keeps what is mounted at a path within reach also when it is unmounted meanwhile: until the
   * result is disposed of, trees of that very path are read there. SOURCE_UNREADABLE where nothing
   * is mounted.
   */
  holdMount(path: string): Promise<AsyncDisposable>;
  /**
   * Mounts at a host path what the engine would mount there, until the result is disposed of; does
   * nothing where something is mounted already.
   */
  mountVolume(options: MountOptions, path: string): Promise<AsyncDisposable>;
  /** Unmounts whatever is mounted at a host path; nothing is no error. */
  unmountVolume(path: string): Promise<void>;
  /**
   * Why changes of a tree cannot be told by inodes and times, e.g. `it is on NFS`; undefined where
   * they can, so that two passes are exact.
   */
  twoPhaseRefusal(tree: Tree): Promise<string | undefined>;
  /**
   * Whether a path, or its first ancestor that is there, lies on a disk of this machine whose files
   * are stamped by the kernel's clock, or in its memory or an overlay of it, or elsewhere.
   */
  locality(path: string): Promise<"disk" | "memory" | "remote">;
  /**
   * Unpacks into an existing empty directory, which takes the mode, owner, times, ACLs and xattrs
   * of the archive's root. An archive of a single file unpacks to that file within it. Nothing
   * outside the directory is touched, whatever the files hold. POINT_DAMAGED where the outcome is
   * not what the listing says; what the file system there does not keep is a warning.
   */
  extract(layers: Layers, directory: string, activity?: Activity): Promise<void>;
  /**
   * Hands over, in batches, the wanted entries of a stored part; nothing is unpacked. Every name
   * is asked for, some more than once. POINT_DAMAGED where a file cannot be read through.
   */
  contents(
    layers: Layers,
    wanted: (name: string) => boolean,
    onEntries: (entries: readonly StoredEntry[]) => void | Promise<void>,
    activity?: Activity,
  ): Promise<void>;
  /**
   * Unpacks one entry, with all below it and all attributes, within an existing empty directory.
   * UNKNOWN_PATH.
   */
  pick(layers: Layers, name: string, directory: string, activity?: Activity): Promise<Picked>;
  /** Hands over the content of a regular file; USAGE for anything else, UNKNOWN_PATH. */
  pour(
    layers: Layers,
    name: string,
    onBytes: (bytes: Uint8Array) => Promise<void>,
    activity?: Activity,
  ): Promise<void>;
  /**
   * Hands over the contents of regular files, as of the freeze; others are passed over. Names are
   * latin1.
   */
  pourFiles(
    layers: Layers,
    names: ReadonlySet<string>,
    onFile: (name: string, content: Uint8Array) => void | Promise<void>,
    activity?: Activity,
  ): Promise<void>;
  /**
   * Writes a small text at once and durably. Mode and owner are those of the file it replaces;
   * a new one has 0600 and its directory's owner. A symbolic link is replaced, not followed. What is
   * staged has them as if it were written at `place`.
   */
  write(file: string, text: string, place?: string): Promise<void>;
  /** The directories above a path, outermost first, `/` aside, as they are; links are followed. */
  directoriesAbove(path: string): Promise<RecordedDirectory[]>;
  /** Makes those that are missing, in their order. What is there, whatever it is, is left alone. */
  makeDirectories(directories: readonly RecordedDirectory[]): Promise<void>;
  /**
   * Makes a directory, which must not exist, with these files: private, and with the same times
   * whenever it is done, so that the same files give the same archive.
   */
  layOut(directory: string, files: readonly SmallFile[]): Promise<void>;
  /**
   * Names below `staged` that `target` lacks (topmost only), and files of both that differ. What lies
   * at or below the relative paths `unread` is not read: there files of one size count as equal.
   */
  compare(staged: string, target: string, unread?: readonly string[]): Promise<Comparison>;
  /** Reads an archive to its end and counts what it holds; TOOL_FAILED when it is broken. */
  inspect(file: string, activity?: Activity): Promise<Measure>;
  /** The same for a listing, sockets aside; POINT_DAMAGED or TOOL_FAILED when it is broken. */
  inspectListing(file: string, activity?: Activity): Promise<Measure>;
  /** How many names a file of deletions has; POINT_DAMAGED when it is broken. */
  inspectDeletions(file: string, activity?: Activity): Promise<number>;
  /**
   * Where to stage and to set aside, so that a swap is a rename; `id` makes it unique. `type` is
   * what shall be there; where absent, what is there now. RESTORE_FAILED where no rename can do
   * it: a file that is a mount point, something mounted below the target. `stagesOnly`: the target
   * as a whole is never swapped, so that mounts below it are in nobody's way.
   */
  planSwap(
    target: string,
    id: string,
    type?: Tree["type"],
    options?: { readonly stagesOnly?: boolean },
  ): Promise<Swap>;
  /**
   * Makes the empty directory to unpack into, without inherited ACLs. For a file that is the
   * directory of `staged`, and the archive must hold it under the target's name.
   */
  prepare(swap: Swap): Promise<string>;
  /** Makes a part of what is staged elsewhere the staged content of a swap; copied only across mounts. */
  restage(from: string, swap: Swap): Promise<void>;
  /** The first symbolic link on the way to a name within a tree, or of that name itself. */
  linkWithin(tree: string, name: string): Promise<Link | undefined>;
  /**
   * Moves what is staged to a name within another staged tree of the same file system. A symbolic
   * link of that name gives way and is not followed; `linkWithin` tells of others on the way.
   */
  graft(staged: string, tree: string, name: string): Promise<void>;
  /** Says beside what a swap will set aside whose it is. Durable; after `prepare` or `restage`. */
  mark(swap: Swap, origin: SafetyOrigin): Promise<void>;
  /**
   * What swaps of these host paths have set aside and is there still, also where a later swap of
   * what is around it took it along; links are not followed. By path: one that lies in another
   * comes after it. A place that cannot be looked at is a warning and hides no other.
   */
  safetyCopies(
    targets: readonly string[],
    activity?: Pick<Activity, "onWarning">,
  ): Promise<SafetyCopy[]>;
  /** By renames only. Idempotent; a kill in the middle is mended by `undo`, or by `swap` again. */
  swap(swap: Swap): Promise<void>;
  /**
   * Brings the old content back, or takes the new away where nothing was before, by renames only.
   * The new content is staged again afterwards. Idempotent.
   */
  undo(swap: Swap): Promise<void>;
  /** Removes what is staged; the old content set aside stays. Idempotent. */
  discard(swap: Swap): Promise<void>;
  /** Removes what is staged and the old content too. Idempotent. */
  forget(swap: Swap): Promise<void>;
}
