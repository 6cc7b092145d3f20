import { rm } from "node:fs/promises";
import type { Clock } from "../../ports/clock.ts";
import type { PointRef } from "../../ports/repository.ts";
import { syncDirectory, writeDurably } from "./durable.ts";
import { exists } from "./exists.ts";
import { pointPaths } from "./layout.ts";
import { requireOurs } from "./require-ours.ts";
import type { ArchiveSettings } from "./settings.ts";

/** A file of its own, so that not a byte of what was published changes. */
export async function pinPoint(
  settings: ArchiveSettings,
  ref: PointRef,
  pinned: boolean,
  clock: Clock,
): Promise<void> {
  await requireOurs(settings, ref);
  const { point, pin } = pointPaths(settings.path, ref);
  if ((await exists(pin)) === pinned) return;
  if (pinned) return writeDurably(pin, `${clock.now().toISOString()}\n`);
  await rm(pin, { force: true });
  await syncDirectory(point);
}
