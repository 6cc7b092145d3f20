import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../../domain/manifest-text.ts";
import { writePrivately } from "./private-file.ts";
import type { KopiaDeps, KopiaSettings } from "./settings.ts";

/**
 * Until when nothing is to be maintained, so that a run need not ask: Kopia would be started twice for it. Nothing depends on it;
 * where it is not known, the repository is asked.
 */
const dueSchema = z.strictObject({ notBefore: z.iso.datetime() });

type Settings = Pick<KopiaSettings, "stateDir">;
type Clock = Pick<KopiaDeps["clock"], "now">;

const hourMs = 60 * 60 * 1000;
/** Kopia plans no further ahead; what is later was noted under another clock. */
const furthestMs = 24 * hourMs;

const dueFile = ({ stateDir }: Settings) => join(stateDir, "maintenance.json");

export async function isUpkeepEarly(settings: Settings, clock: Clock): Promise<boolean> {
  const text = await readFile(dueFile(settings), "utf8").catch(() => "");
  const read = dueSchema.safeParse(parseJson(text));
  if (!read.success) return false;
  const waitMs = Date.parse(read.data.notBefore) - clock.now().getTime();
  return waitMs > 0 && waitMs <= furthestMs;
}

/** Without a time: an hour, which is how often Kopia would do it. */
export async function postponeUpkeep(
  settings: Settings,
  clock: Clock,
  until: number = clock.now().getTime() + hourMs,
): Promise<void> {
  const notBefore = new Date(until).toISOString();
  await writePrivately(dueFile(settings), `${JSON.stringify({ notBefore })}\n`).catch(() => {});
}

export async function forgetUpkeep(settings: Settings): Promise<void> {
  await rm(dueFile(settings), { force: true });
}
