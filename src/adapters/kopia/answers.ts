import { z } from "zod";
import { reasonOf, StackholdError } from "../../errors.ts";

/** `kopia repository status --json`, as far as it is used. */
export const statusSchema = z.looseObject({
  uniqueIDHex: z.string(),
  clientOptions: z.looseObject({ hostname: z.string(), username: z.string() }),
  storage: z.looseObject({ type: z.string() }),
  volume: z.looseObject({ capacity: z.number(), available: z.number() }).nullish(),
  contentFormat: z.looseObject({
    hash: z.string(),
    encryption: z.string(),
    version: z.number(),
  }),
});

export type RepositoryStatus = z.output<typeof statusSchema>;

/** `kopia maintenance info --json`. Times that are not yet are year 1. */
export const maintenanceSchema = z.looseObject({
  owner: z.string(),
  schedule: z.looseObject({
    nextFullMaintenance: z.string().optional(),
    nextQuickMaintenance: z.string().optional(),
  }),
});

/** `kopia repository throttle get --json`; 0 or absent: no limit. */
export const throttleSchema = z.looseObject({
  maxUploadSpeedBytesPerSecond: z.number().optional(),
  maxDownloadSpeedBytesPerSecond: z.number().optional(),
});

/** Kopia's own configuration file, as far as it is read. */
export const localConfigSchema = z.looseObject({
  caching: z.looseObject({
    maxCacheSize: z.number().optional(),
    maxMetadataCacheSize: z.number().optional(),
  }),
});

/** What Kopia printed, as it should be; TOOL_FAILED where it is not. */
export function readJson<T>(schema: z.ZodType<T>, stdout: Uint8Array, asked: string): T {
  const text = Buffer.from(stdout).toString("utf8");
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : reasonOf(cause);
    throw new StackholdError("TOOL_FAILED", `${asked}: the answer cannot be read: ${why}`, {
      hint: "`stackhold version` shows the version of kopia; a newer one may answer differently",
      cause,
    });
  }
}
