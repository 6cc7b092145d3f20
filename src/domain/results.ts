import { z } from "zod";
import { coverageSchema, freezeWays, quiesceWays, scopes } from "./manifest.ts";
import { partKinds } from "./part.ts";

/** The documents that `--json` prints and the API answers with. Times RFC 3339, sizes bytes. */
export const runStatuses = ["succeeded", "warning", "failed", "cancelled"] as const;

const errorSchema = z.object({
  code: z.string(),
  class: z.string(),
  message: z.string(),
  hint: z.string().optional(),
});

const backupPartSchema = z.object({
  kind: z.enum(partKinds),
  name: z.string(),
  source: z.string(),
  bytes: z.number(),
  storedBytes: z.number(),
  files: z.number(),
  deltaBytes: z.number(),
  sha256: z.string().optional(),
});

const unitRepositorySchema = z.object({
  name: z.string(),
  status: z.enum(["succeeded", "failed"]),
  storedBytes: z.number(),
  error: errorSchema.optional(),
});

const unitResultSchema = z.object({
  unit: z.string(),
  kind: z.enum(["stack", "standalone"]),
  status: z.enum(runStatuses),
  scope: z.enum(scopes),
  quiesce: z.enum(quiesceWays),
  freeze: z.enum(freezeWays),
  downtimeMs: z.number(),
  readyMs: z.number(),
  durationMs: z.number(),
  repositories: z.array(unitRepositorySchema),
  parts: z.array(backupPartSchema),
  coverage: coverageSchema,
  warnings: z.array(z.string()),
  error: errorSchema.optional(),
  /** Dry run only: what would be done, in order. */
  actions: z.array(z.string()).optional(),
  /** Dry run only. */
  estimate: z
    .object({
      bytes: z.number(),
      files: z.number(),
      downtimeMs: z.number().optional(),
      /** What the point needs in each repository that can take it, where that can be told. */
      repositories: z
        .array(z.object({ name: z.string(), neededBytes: z.number(), freeBytes: z.number() }))
        .optional(),
    })
    .optional(),
});

export const backupResultSchema = z.object({
  schemaVersion: z.literal(1),
  runId: z.string(),
  backupId: z.string(),
  host: z.string(),
  trigger: z.string(),
  dryRun: z.boolean(),
  status: z.enum(runStatuses),
  startedAt: z.string(),
  finishedAt: z.string(),
  units: z.array(unitResultSchema),
  repositories: z.array(
    z.object({
      name: z.string(),
      disk: z
        .object({
          totalBytes: z.number(),
          usedBytes: z.number(),
          /** Absent in results of earlier versions. */
          freeBytes: z.number().optional(),
          usedPercent: z.number(),
        })
        .optional(),
    }),
  ),
  retention: z.object({ deleted: z.number(), freedBytes: z.number() }),
});

const projectFilesSchema = z.object({
  /** What becomes of files that differ. */
  action: z.enum(["kept", "replaced"]),
  /** From what is there to what the point has, as a unified diff without secrets; or why there is none. */
  differing: z.array(
    z.object({
      path: z.string(),
      diff: z.array(z.string()).optional(),
      why: z.string().optional(),
    }),
  ),
  /** These come back; topmost only. */
  missing: z.array(z.string()),
  /** Where files are replaced: these are there, and go to the safety copy; topmost only. */
  notInPoint: z.array(z.string()).optional(),
  /** Too large, or of names that are not UTF-8. */
  notCompared: z.number(),
});

const restoredCopySchema = z.object({
  /** What `docker compose -p NAME -f` wants; of a stack. */
  composeFile: z.string().optional(),
  /** Directories and files of the host that it has. */
  places: z.array(z.string()),
  /** Those that the engine chose. */
  ports: z.array(z.object({ container: z.string(), port: z.string(), published: z.string() })),
  /** How it differs from the original. */
  notes: z.array(z.string()),
});

const restoredNetworkSchema = z.object({
  name: z.string(),
  action: z.enum(["created", "recreated", "kept"]),
  /** How what was there differs from the point, in words. */
  differences: z.array(z.string()),
  /** Containers of other units that leave it for a moment. */
  moved: z.array(z.string()),
});

const lackingPartSchema = z.object({
  /** `KIND:NAME` */
  part: z.string(),
  why: z.string(),
  /** Of the points that have it; absent where none has. */
  newest: z.object({ backupId: z.string(), repository: z.string() }).optional(),
});

export const restoreResultSchema = z.object({
  schemaVersion: z.literal(1),
  unit: z.string(),
  backupId: z.string(),
  repository: z.string(),
  target: z.string(),
  dryRun: z.boolean(),
  status: z.enum(runStatuses),
  startedAt: z.string(),
  finishedAt: z.string(),
  downtimeMs: z.number(),
  parts: z.array(
    z.object({
      kind: z.enum(partKinds),
      name: z.string(),
      /** Of a restore of single paths: relative to the part's root. */
      path: z.string().optional(),
      bytes: z.number(),
      files: z.number(),
    }),
  ),
  /** What is not restored, since the point was stored without it. */
  lacking: z.array(lackingPartSchema).optional(),
  /** Host directories that hold what was there before. */
  safetyCopy: z.array(z.string()).optional(),
  running: z.boolean(),
  healthy: z.boolean(),
  /** Of a restore beside the original. */
  copy: restoredCopySchema.optional(),
  /** Made because they were gone, made anew, or kept although they differ. */
  networks: z.array(restoredNetworkSchema).optional(),
  /** Names of those that were made because they were gone. */
  volumes: z.array(z.string()).optional(),
  /** Of `--script`: what was written, by its path in the directory. */
  files: z.array(z.string()).optional(),
  warnings: z.array(z.string()),
  actions: z.array(z.string()).optional(),
  /** Dry run in place only: the files of a project directory that is there. */
  projectFiles: projectFilesSchema.optional(),
  error: errorSchema.optional(),
});

const recoverResultSchema = z.object({
  schemaVersion: z.literal(1),
  units: z.array(
    z.object({
      unit: z.string(),
      started: z.array(z.string()),
      rolledBack: z.boolean(),
      failed: z.array(z.string()),
      /** Removed by somebody meanwhile, so there is nothing to start. */
      removed: z.array(z.string()),
      /** Hooks that went wrong. */
      warnings: z.array(z.string()),
    }),
  ),
});

export type UnitResult = z.infer<typeof unitResultSchema>;
export type BackupResult = z.infer<typeof backupResultSchema>;
export type RestoreResult = z.infer<typeof restoreResultSchema>;
export type LackingPart = z.infer<typeof lackingPartSchema>;
export type RestoredCopy = z.infer<typeof restoredCopySchema>;
export type RecoverResult = z.infer<typeof recoverResultSchema>;
