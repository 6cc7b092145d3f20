import { z } from "zod";
import { hookNames } from "../../domain/hooks.ts";
import { quiesceWays } from "../../domain/manifest.ts";
import { connectionSchema } from "../../domain/networks/connection.ts";
import { networkDefinitionSchema } from "../../domain/networks/definition.ts";
import type { JournalEntry } from "../../ports/journal.ts";

const swapSchema = z.strictObject({
  target: z.string(),
  staged: z.string(),
  aside: z.string(),
  fresh: z.boolean(),
  children: z.boolean(),
});

const containerSchema = z.strictObject({
  id: z.string().min(1),
  name: z.string(),
  project: z.string().exactOptional(),
  service: z.string().exactOptional(),
  number: z.number(),
  stopTimeout: z.number(),
  rank: z.number(),
  follower: z.boolean(),
  start: z.boolean(),
  created: z.boolean().exactOptional(),
  volumes: z.array(z.string().min(1)).exactOptional(),
  restartPolicy: z
    .strictObject({
      name: z.enum(["", "no", "always", "unless-stopped", "on-failure"]),
      maximumRetryCount: z.number(),
    })
    .exactOptional(),
});

const composeSchema = z.strictObject({
  project: z.strictObject({
    project: z.string(),
    workingDir: z.string(),
    files: z.array(z.string()),
    environmentFiles: z.array(z.string()),
  }),
  services: z.array(z.strictObject({ name: z.string(), replicas: z.number() })),
});

const networkSchema = z.strictObject({
  definition: networkDefinitionSchema,
  made: z.string().exactOptional(),
  former: z.strictObject({ id: z.string(), definition: networkDefinitionSchema }).exactOptional(),
  connections: z.array(connectionSchema),
});

const hookSchema = z.union([
  z.strictObject({
    hook: z.enum(hookNames),
    argv: z.tuple([z.string()], z.string()),
  }),
  z.strictObject({
    hook: z.enum(["exec.pre", "exec.post"]),
    container: z.strictObject({
      id: z.string().min(1),
      name: z.string(),
      project: z.string().exactOptional(),
      service: z.string().exactOptional(),
      number: z.number(),
    }),
    command: z.string(),
  }),
]);

const hooksSchema = z.strictObject({
  backupId: z.string(),
  limit: z.number(),
  post: z.array(hookSchema),
});

/** Strict, because a field that is not understood may be what must be undone. */
export const journalSchema: z.ZodType<JournalEntry> = z.strictObject({
  version: z.literal(1),
  unit: z.string().min(1),
  runId: z.string(),
  operation: z.enum(["backup", "restore"]),
  pid: z.int(),
  startedAt: z.string(),
  quiesce: z.enum(quiesceWays),
  containers: z.array(containerSchema),
  compose: composeSchema.exactOptional(),
  swaps: z.array(swapSchema),
  stages: z.array(swapSchema),
  mounts: z.array(z.string().min(1)).exactOptional(),
  creates: z.string().min(1).exactOptional(),
  networks: z.array(networkSchema).exactOptional(),
  hooks: hooksSchema.exactOptional(),
});

/** What every version says, to tell a newer one from a damaged one. */
export const versionSchema = z.object({ version: z.number() });
