import { z } from "zod";
import { partKinds } from "./part.ts";

const pointStatuses = ["complete", "damaged", "incomplete", "newer"] as const;
export type PointStatus = (typeof pointStatuses)[number];

/** Programs that wrote points which Stackhold reads and never changes. */
const foreignWriters = ["kopi-docka"] as const;
export type ForeignWriter = (typeof foreignWriters)[number];

export const writerNames: Readonly<Record<ForeignWriter, string>> = { "kopi-docka": "Kopi-Docka" };

/** The documents of `list points` and `verify`, as `--json` prints them. */
export const listedPointSchema = z.object({
  unit: z.string(),
  backupId: z.string(),
  createdAt: z.string(),
  repository: z.string(),
  host: z.string(),
  kind: z.enum(["stack", "standalone"]),
  scope: z.string(),
  /**
   * `damaged`: its manifest cannot be read; `newer`: of a newer Stackhold; `incomplete`: of another
   * program, which left out something of it.
   */
  status: z.enum(pointStatuses),
  /** Absent for Stackhold's own. */
  writtenBy: z.enum(foreignWriters).optional(),
  bytes: z.number(),
  storedBytes: z.number(),
  /** Of `storedBytes`, what kept images take. */
  imageBytes: z.number(),
  pinned: z.boolean(),
  /** When it was last found good, unless it was found bad since. */
  verifiedAt: z.string().optional(),
});

const unreachableSchema = z.object({
  name: z.string(),
  error: z.object({
    code: z.string(),
    class: z.string(),
    message: z.string(),
    hint: z.string().optional(),
  }),
});

export const verifyResultSchema = z.object({
  schemaVersion: z.literal(1),
  /** Points. */
  checked: z.number(),
  ok: z.boolean(),
  problems: z.array(
    z.object({
      unit: z.string(),
      backupId: z.string(),
      repository: z.string(),
      /** `KIND` or `KIND:NAME`, or `manifest`. */
      part: z.string(),
      problem: z.string(),
    }),
  ),
  /** Repositories whose points could not be checked; none of them makes `ok` true. */
  unreachable: z.array(unreachableSchema),
});

const decidedSchema = z.object({
  unit: z.string(),
  backupId: z.string(),
  repository: z.string(),
  /** In words: `older than 28 days`, `daily 3 of 7`. */
  reason: z.string(),
});

export const pruneResultSchema = z.object({
  schemaVersion: z.literal(1),
  /** True: `deleted` is what would be, `freedBytes` an estimate. */
  dryRun: z.boolean(),
  deleted: z.array(decidedSchema.extend({ freedBytes: z.number() })),
  /** Points. */
  kept: z.number(),
  freedBytes: z.number(),
  /** Dry run only: which points stay, and why. */
  keptPoints: z.array(decidedSchema).optional(),
  /** Repositories that were not, or not completely, worked on. */
  unreachable: z.array(unreachableSchema),
});

/** The document of `admin snapshot pin` and `unpin`. */
export const pinResultSchema = z.object({
  schemaVersion: z.literal(1),
  unit: z.string(),
  backupId: z.string(),
  pinned: z.boolean(),
  repositories: z.array(z.string()),
  unreachable: z.array(unreachableSchema),
});

/** The document of `admin snapshot copy`. */
export const copyResultSchema = z.object({
  schemaVersion: z.literal(1),
  unit: z.string(),
  backupId: z.string(),
  host: z.string(),
  /** Names of repositories. */
  from: z.string(),
  to: z.string(),
  /** False: the point was there already, and stays as it is. */
  copied: z.boolean(),
  /** `files`: as they are; `contents`: unpacked and stored anew. */
  way: z.enum(["files", "contents"]).optional(),
  startedAt: z.string(),
  finishedAt: z.string(),
  /** In `to`. */
  storedBytes: z.number(),
  parts: z.array(
    z.object({
      kind: z.enum(partKinds),
      name: z.string(),
      bytes: z.number(),
      storedBytes: z.number(),
      files: z.number(),
    }),
  ),
  /** How many are kept with the point. */
  images: z.number(),
  warnings: z.array(z.string()),
});

export type CopyResult = z.infer<typeof copyResultSchema>;
export type PruneResult = z.infer<typeof pruneResultSchema>;
export type PinResult = z.infer<typeof pinResultSchema>;
export type ListedPoint = z.infer<typeof listedPointSchema>;
export type UnreachableRepository = z.infer<typeof unreachableSchema>;
export type VerifyResult = z.infer<typeof verifyResultSchema>;
