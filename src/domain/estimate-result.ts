import { z } from "zod";
import { scopes } from "./manifest.ts";
import { partKinds } from "./part.ts";

const errorSchema = z.object({
  code: z.string(),
  class: z.string(),
  message: z.string(),
  hint: z.string().optional(),
});

const storedSchema = z.object({
  repository: z.string(),
  storedBytes: z.number(),
  /** What it is worked out from: the newest point's part, a sample that was compressed, or neither. */
  basis: z.enum(["point", "sample", "assumption"]),
  backupId: z.string().optional(),
  sampledBytes: z.number().optional(),
});

const partEstimateSchema = z.object({
  kind: z.enum(partKinds),
  name: z.string(),
  source: z.string(),
  bytes: z.number(),
  files: z.number(),
  /** One a repository that answers. */
  stored: z.array(storedSchema),
});

const unitEstimateSchema = z.object({
  unit: z.string(),
  kind: z.enum(["stack", "standalone"]),
  scope: z.enum(scopes),
  bytes: z.number(),
  files: z.number(),
  parts: z.array(partEstimateSchema),
  /** What a backup of this unit alone wants to find free. */
  repositories: z.array(
    z.object({ name: z.string(), storedBytes: z.number(), neededBytes: z.number() }),
  ),
  error: errorSchema.optional(),
});

const repositoryEstimateSchema = z.object({
  name: z.string(),
  /** Of all units. */
  storedBytes: z.number(),
  neededBytes: z.number(),
  /** Absent, as `enough`, where the storage cannot tell. */
  freeBytes: z.number().optional(),
  enough: z.boolean().optional(),
  error: errorSchema.optional(),
});

/** The document of `admin snapshot estimate-size`. */
export const estimateResultSchema = z.object({
  schemaVersion: z.literal(1),
  host: z.string(),
  units: z.array(unitEstimateSchema),
  repositories: z.array(repositoryEstimateSchema),
});

export type StoredEstimate = z.infer<typeof storedSchema>;
export type PartEstimate = z.infer<typeof partEstimateSchema>;
export type UnitEstimate = z.infer<typeof unitEstimateSchema>;
export type RepositoryEstimate = z.infer<typeof repositoryEstimateSchema>;
export type EstimateResult = z.infer<typeof estimateResultSchema>;
