import { z } from "zod";

/**
 * What `kopia snapshot list --all --json` and `kopia snapshot create --json` print of a snapshot
 * (kopia 0.22: snapshot/manifest.go). Incomplete ones are among them. What newer versions add is
 * passed over.
 */
const count = z.number().nonnegative();
/** RFC 3339, up to nanoseconds. */
const time = z.string();

const summarySchema = z.object({
  /** Bytes of the regular files. */
  size: count.default(0),
  files: count.default(0),
  symlinks: count.default(0),
  dirs: count.default(0),
  maxTime: time.optional(),
  /** Entries that could not be read: the snapshot lacks them. */
  numFailed: count.default(0),
  /** Entries that could not be read and that a policy says to pass over: it lacks them as well. */
  numIgnoredErrors: count.default(0),
  /** The first of these. */
  errors: z.array(z.object({ path: z.string(), error: z.string() })).nullish(),
});

const rootEntrySchema = z.object({
  name: z.string().default(""),
  /** `d`, `f` or `s`. */
  type: z.string().default(""),
  /** Octal. */
  mode: z.string().optional(),
  size: count.optional(),
  mtime: time.optional(),
  uid: count.default(0),
  gid: count.default(0),
  obj: z.string(),
  /** Of directories. */
  summ: summarySchema.nullish(),
});

export const snapshotSchema = z.object({
  /** Of the manifest, by which it is restored, pinned and deleted. */
  id: z.string().min(1),
  source: z.object({ host: z.string(), userName: z.string(), path: z.string() }),
  description: z.string().default(""),
  startTime: time,
  endTime: time.optional(),
  stats: z
    .object({
      totalSize: count.default(0),
      fileCount: count.default(0),
      dirCount: count.default(0),
      cachedFiles: count.default(0),
      nonCachedFiles: count.default(0),
      ignoredErrorCount: count.default(0),
      errorCount: count.default(0),
    })
    .nullish(),
  /** Why it is incomplete: `checkpoint`, `canceled`, … */
  incomplete: z.string().optional(),
  /** Absent where nothing was stored. */
  rootEntry: rootEntrySchema.nullish(),
  /** By their names as Kopia keeps them, which begin with `tag:`. */
  tags: z.record(z.string(), z.string()).nullish(),
  pins: z.array(z.string()).nullish(),
});

export const snapshotListSchema = z.array(snapshotSchema);

export type Snapshot = z.infer<typeof snapshotSchema>;

/** The arguments whose answer `snapshotListSchema` reads: every source of every host. */
export const listSnapshots: readonly string[] = [
  "snapshot",
  "list",
  "--all",
  "--json",
  "--no-retention",
];

const tagPrefix = "tag:";

/** A tag by the name that was given to `--tags NAME:VALUE`. */
export function tagOf({ tags }: Pick<Snapshot, "tags">, name: string): string | undefined {
  return tags?.[`${tagPrefix}${name}`] ?? undefined;
}

/** How many entries could not be read: what a snapshot lacks of its source. */
export function unreadEntries({ rootEntry }: Pick<Snapshot, "rootEntry">): number {
  const { numFailed = 0, numIgnoredErrors = 0 } = rootEntry?.summ ?? {};
  return numFailed + numIgnoredErrors;
}

/** Bytes of its regular files. */
export function sizeOf({ rootEntry }: Pick<Snapshot, "rootEntry">): number {
  return rootEntry?.summ?.size ?? rootEntry?.size ?? 0;
}

/** Entries of every type, its root among them. */
export function entriesOf({ rootEntry }: Pick<Snapshot, "rootEntry">): number {
  if (rootEntry === null || rootEntry === undefined) return 0;
  const { summ } = rootEntry;
  return summ === null || summ === undefined ? 1 : summ.files + summ.symlinks + summ.dirs;
}
