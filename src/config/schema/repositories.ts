import { z } from "zod";
import { compressions } from "../../domain/manifest.ts";
import { retentionSchema } from "./retention.ts";
import { storageSchema } from "./storage.ts";
import { count, path, plainName, secret, secretFile, text } from "./values.ts";

const retention = retentionSchema
  .optional()
  .describe("For points in this repository; goes over the units' and the global block");

const archiveSchema = z
  .strictObject({
    type: z.literal("archive").describe("A directory of tar files that tar alone restores"),
    path: path().describe("The directory; made when missing"),
    compression: z.enum(compressions).default("zstd").describe("How archives are compressed"),
    level: count(1, 19).default(3).describe("Compression level: zstd 1 to 19, gzip 1 to 9"),
    retention,
  })
  .superRefine((value, context) => {
    if (value.compression === "gzip" && value.level > 9) {
      context.addIssue({ code: "custom", path: ["level"], message: "gzip's levels are 1 to 9" });
    }
  });

const kopiaSchema = z.strictObject({
  type: z.literal("kopia").describe("An encrypted, deduplicated Kopia repository"),
  storage: storageSchema.describe("Where Kopia keeps its blobs"),
  password: secret("The repository's password"),
  password_file: secretFile("the repository's password"),
  compression: text().default("zstd-fastest").describe("Kopia's name of the compression"),
  encryption: text().default("AES256-GCM-HMAC-SHA256").describe("Kopia's name of the encryption"),
  cache: z
    .strictObject({
      dir: path().optional().describe("Directory of Kopia's cache"),
      max_bytes: count().optional().describe("Largest size of the cache in bytes"),
    })
    .optional()
    .describe("Kopia's local cache"),
  retention,
});

export const repositorySchema = z.discriminatedUnion("type", [archiveSchema, kopiaSchema]);

export const repositoriesSchema = z
  .record(plainName("repository name"), repositorySchema)
  .refine((value) => Object.keys(value).length > 0, "names no repository");

export type RepositoryConfig = z.output<typeof repositorySchema>;
export type ArchiveConfig = z.output<typeof archiveSchema>;
