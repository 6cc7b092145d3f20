import { z } from "zod";
import { partKinds } from "./part.ts";

/** docs/format.md describes every field; a field that is added later is optional. */
export const compressions = ["zstd", "gzip", "none"] as const;
export type Compression = (typeof compressions)[number];

export const scopes = ["minimal", "standard", "full"] as const;
export type Scope = (typeof scopes)[number];

export const quiesceWays = ["stop", "pause", "down", "none"] as const;
export type Quiesce = (typeof quiesceWays)[number];

export const freezeWays = ["two-phase", "snapshot", "none"] as const;
export type Freeze = (typeof freezeWays)[number];

const time = z.iso.datetime();
const count = z.int().nonnegative();

const archiveFileSchema = z.object({
  /** Relative to the point's directory. */
  file: z.string().min(1),
  role: z.enum([
    ...["hot", "deleted", "delta", "listing"],
    ...["rest", "strange", "links", "attributes"],
  ] as const),
  compression: z.enum(compressions),
  /** Of the file on disk. */
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Whom it is encrypted to, in the words of age; absent where it is not. */
  recipients: z.array(z.string().min(1)).min(1).optional(),
});

/** An image that is kept with the point: a file of it, which holds what `docker save` gives. */
const savedImageSchema = z.object({
  id: z.string().regex(/^(sha256:)?[0-9a-f]{64}$/),
  ...archiveFileSchema.omit({ role: true }).shape,
  /** Of what is in the file. */
  tarBytes: count,
  /** In a Kopia repository: the object that the file is in. */
  object: z.string().optional(),
});

export const storedPartSchema = z.object({
  kind: z.enum(partKinds),
  name: z.string(),
  /** Host path, or the engine's volume name. */
  source: z.string(),
  type: z.enum(["directory", "file"]),
  /** Apparent bytes of the regular files. */
  bytes: count,
  /** Of these, what lies in no hole: the room that they need. Absent in older points. */
  allocatedBytes: count.optional(),
  /** Entries of every type. */
  files: count,
  storedBytes: count,
  deltaBytes: count,
  /** Some files of the directory only, as others' points have them: what else is there stays. */
  partial: z.literal(true).optional(),
  /** Absent in points whose manifest says it for all parts. */
  freeze: z.enum(freezeWays).optional(),
  /** In a Kopia repository: the object that holds the files, and the path in one of what stands beside them. */
  kopia: z
    .object({
      /** Absent where all of it stands beside. */
      tree: z.string().min(1).optional(),
      sidecar: z.string().min(1),
      /** Of a part of type `file`: its name in the tree. */
      file: z.string().min(1).optional(),
    })
    .optional(),
  /** In the order in which they are applied. */
  archives: z.array(archiveFileSchema),
});

const gapSchema = z.object({ what: z.string(), why: z.string(), new: z.boolean() });
const exclusionSchema = z.object({ what: z.string(), rule: z.string() });
export const coverageSchema = z.object({
  protected: z.array(z.string()),
  excluded: z.array(exclusionSchema),
  gaps: z.array(gapSchema),
});

const mountSchema = z.object({
  type: z.string(),
  source: z.string(),
  volume: z.string().optional(),
  driver: z.string().optional(),
  destination: z.string(),
  readOnly: z.boolean(),
});

const recordedMemberSchema = z.object({
  name: z.string(),
  service: z.string().optional(),
  number: z.int(),
  oneOff: z.boolean(),
  image: z.object({ reference: z.string(), id: z.string(), digest: z.string().optional() }),
  /** Ran at the freeze: what a restore starts. */
  running: z.boolean(),
  restartPolicy: z.string(),
  dependsOn: z.array(z.object({ service: z.string(), condition: z.string() })),
  networkOf: z.string().optional(),
  mounts: z.array(mountSchema),
});

export const recordedVolumeSchema = z.object({
  /** The engine's name. */
  name: z.string(),
  driver: z.string(),
  labels: z.record(z.string(), z.string()),
  options: z.record(z.string(), z.string()),
  anonymous: z.boolean(),
});

const recordedDirectorySchema = z.object({
  /** On the host. */
  path: z.string(),
  /** Octal. */
  mode: z.string().regex(/^[0-7]{1,4}$/),
  uid: count,
  gid: count,
});

/** Where a point was copied from that was not made by a backup. */
const copiedFromSchema = z.object({
  /** The repository's name on the host that copied. */
  repository: z.string(),
  at: time,
});

export const manifestSchema = z.object({
  format: z.literal(1),
  unit: z.string().min(1),
  kind: z.enum(["stack", "standalone"]),
  backupId: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/),
  host: z.string().min(1),
  createdAt: time,
  finishedAt: time,
  /** The instant whose data this is. */
  frozenAt: time,
  scope: z.enum(scopes),
  quiesce: z.enum(quiesceWays),
  freeze: z.enum(freezeWays),
  downtimeMs: z.number().nonnegative(),
  readyMs: z.number().nonnegative(),
  engine: z.object({ name: z.string(), version: z.string(), apiVersion: z.string() }),
  tools: z.record(z.string(), z.string()),
  stack: z
    .object({
      project: z.string(),
      workingDir: z.string(),
      composeFiles: z.array(z.string()),
      environmentFiles: z.array(z.string()),
    })
    .optional(),
  members: z.array(recordedMemberSchema),
  volumes: z.array(recordedVolumeSchema),
  parts: z.array(storedPartSchema),
  /** Above the host's directories and files that are parts. Absent in older points. */
  directories: z.array(recordedDirectorySchema).optional(),
  /** Absent where none is kept. */
  images: z.array(savedImageSchema).optional(),
  coverage: coverageSchema,
  warnings: z.array(z.string()),
  copiedFrom: copiedFromSchema.optional(),
});

export type ArchiveFile = z.infer<typeof archiveFileSchema>;
export type SavedImage = z.infer<typeof savedImageSchema>;
export type StoredPart = z.infer<typeof storedPartSchema>;
export type Coverage = z.infer<typeof coverageSchema>;
export type RecordedDirectory = z.infer<typeof recordedDirectorySchema>;
export type RecordedMember = z.infer<typeof recordedMemberSchema>;
export type RecordedVolume = z.infer<typeof recordedVolumeSchema>;
export type Manifest = z.infer<typeof manifestSchema>;

/** What a file is called once it is decrypted. */
export function openedName({ file, recipients }: Pick<ArchiveFile, "file" | "recipients">): string {
  return recipients === undefined ? file : file.replace(/\.age$/, "");
}

/** Every file of a point, its manifest aside. */
export function filesOf({
  parts,
  images = [],
}: Pick<Manifest, "parts" | "images">): (ArchiveFile | SavedImage)[] {
  return [...parts.flatMap(({ archives }) => archives), ...images];
}

/** What the images of a point take on disk, which other points of its unit may share. */
export function imageBytesOf(images: readonly SavedImage[] = []): number {
  return images.reduce((sum, { bytes }) => sum + bytes, 0);
}
