import { z } from "zod";
import { compressions } from "../../domain/manifest.ts";
import { retentionSchema } from "./retention.ts";
import { storageSchema } from "./storage.ts";
import { count, list, path, plainName, secret, secretFile, text } from "./values.ts";

const retention = retentionSchema
  .optional()
  .describe("For points in this repository; goes over the units' and the global block");

/** One line, as it stands in a file of recipients; age itself says whether it is one. */
const recipient = z
  .string()
  .regex(/^(age1|ssh-)\S+( \S+)*$/, "not a recipient: age1… or an SSH public key");

const encryptionSchema = z
  .strictObject({
    recipients: list(recipient).optional().describe("age recipients (`age1…`) and SSH public keys"),
    recipients_file: path().optional().describe("File with more of them, one a line"),
    passphrase: secret("A passphrase that opens what is stored"),
    passphrase_file: secretFile("the passphrase"),
    identity: secret("What opens what is stored, as age-keygen writes it. Backups do without"),
    identity_file: secretFile("the identity"),
  })
  .superRefine((value, context) => {
    const { recipients = [], recipients_file, passphrase, passphrase_file } = value;
    if (recipients.length > 0) return;
    if ((recipients_file ?? passphrase ?? passphrase_file) !== undefined) return;
    const message = "names nobody: give recipients, recipients_file, passphrase or passphrase_file";
    context.addIssue({ code: "custom", path: [], message });
  });

const archiveSchema = z
  .strictObject({
    type: z.literal("archive").describe("A directory of tar files that tar alone restores"),
    path: path().describe("The directory; made when missing"),
    compression: z.enum(compressions).default("zstd").describe("How archives are compressed"),
    level: count(1, 19).default(3).describe("Compression level: zstd 1 to 19, gzip 1 to 9"),
    encryption: encryptionSchema
      .optional()
      .describe("Encrypts every file but the manifests, so that `age` opens them"),
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
