import { z } from "zod";

export const safetyCopyDays = 7;

/** One element of what `list safety-copies` prints. */
const safetyCopySchema = z.object({
  /** These are absent where nothing beside the copy says them. */
  unit: z.string().optional(),
  runId: z.string().optional(),
  createdAt: z.string().optional(),
  /** From then on the next backup or restore of the unit removes it. */
  expiresAt: z.string().optional(),
  /** Host path of what was restored over it. */
  target: z.string(),
  /** Host path of the old content. */
  path: z.string(),
  bytes: z.number(),
  /** Of these, what lies in no hole: what is free when it is removed. */
  allocatedBytes: z.number().optional(),
  files: z.number(),
  /**
   * `needed`: a restore that is not rolled back yet takes its data from there; `unfinished`: left by
   * a restore that did not end and that nothing knows of any more. Neither is ever removed.
   */
  state: z.enum(["kept", "needed", "unfinished"]),
});

const safetyRemovalSchema = z.object({
  schemaVersion: z.literal(1),
  dryRun: z.boolean(),
  removed: z.array(safetyCopySchema),
  /** What cannot be removed. */
  kept: z.array(safetyCopySchema),
  freedBytes: z.number(),
});

export type ListedSafetyCopy = z.infer<typeof safetyCopySchema>;
export type SafetyRemoval = z.infer<typeof safetyRemovalSchema>;

export function expiryOf(createdAt: string): Date {
  return new Date(Date.parse(createdAt) + safetyCopyDays * 24 * 3600 * 1000);
}
