import { z } from "zod";
import { compressions } from "../../domain/manifest.ts";
import { retentionSchema } from "./retention.ts";
import { storageSchema } from "./storage.ts";
import { count, list, path, plainName, required, secret, secretFile } from "./values.ts";

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

/** What Kopia 0.22 calls them. */
export const kopiaCompressions = [
  "none",
  "deflate-best-compression",
  "deflate-best-speed",
  "deflate-default",
  "gzip",
  "gzip-best-compression",
  "gzip-best-speed",
  "lz4",
  "pgzip",
  "pgzip-best-compression",
  "pgzip-best-speed",
  "s2-better",
  "s2-default",
  "s2-parallel-4",
  "s2-parallel-8",
  "zstd",
  "zstd-best-compression",
  "zstd-better-compression",
  "zstd-fastest",
] as const;
export const kopiaEncryptions = [
  "AES256-GCM-HMAC-SHA256",
  "CHACHA20-POLY1305-HMAC-SHA256",
] as const;

const speed = (what: string) =>
  count(1000).optional().describe(`The most that is ${what}, in bytes a second; absent: no limit`);

const kopiaSchema = z
  .strictObject({
    type: z.literal("kopia").describe("An encrypted, deduplicated Kopia repository"),
    storage: storageSchema.describe("Where Kopia keeps its blobs"),
    password: secret("The repository's password"),
    password_file: secretFile("the repository's password"),
    compression: z
      .enum(kopiaCompressions)
      .default("zstd-fastest")
      .describe("Kopia's name of the compression, for what is stored from now on"),
    encryption: z
      .enum(kopiaEncryptions)
      .default("AES256-GCM-HMAC-SHA256")
      .describe("Kopia's name of the encryption; of a repository that is there it stays as it is"),
    cache: z
      .strictObject({
        dir: path()
          .optional()
          .describe(
            "Directory for the cache, in which the repository's name gets its own; absent: in `state_dir`",
          ),
        max_bytes: count()
          .optional()
          .describe("Largest size of the cache in bytes; absent: Kopia's own, 10 GB"),
      })
      .optional()
      .describe("Kopia's local cache"),
    upload_bytes_per_second: speed("sent"),
    download_bytes_per_second: speed("fetched"),
    parallel: count()
      .optional()
      .describe("Files that are read and sent at the same time; absent: Kopia's own"),
    retention,
  })
  .superRefine(required("password"));

const repositorySchema = z.discriminatedUnion("type", [archiveSchema, kopiaSchema]);

export const repositoriesSchema = z
  .record(plainName("repository name"), repositorySchema)
  .refine((value) => Object.keys(value).length > 0, "names no repository");

export type KopiaConfig = z.output<typeof kopiaSchema>;
export type ArchiveConfig = z.output<typeof archiveSchema>;
