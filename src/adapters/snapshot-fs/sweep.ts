import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { endOrphans } from "../../exec/orphans.ts";
import { isAlive } from "../../exec/process-mark.ts";
import type { Tree } from "../../ports/capture.ts";
import { isAbsent, systemError } from "../tar/errno.ts";
import { exists } from "../tar/place.ts";
import { makerOf, removePlace } from "./place.ts";
import { safetiesOf } from "./plan.ts";
import type { SnapshotDeps } from "./snapshot-deps.ts";

export async function sweep(trees: readonly Tree[], deps: SnapshotDeps): Promise<string[]> {
  const paths = await Promise.all(trees.map(({ path }) => resolved(path)));
  const safeties = new Set(paths.flatMap(safetiesOf));
  const abandoned = (await Promise.all([...safeties].map(abandonedIn))).flat();
  if (abandoned.length > 0) await endOrphans();
  for (const place of abandoned) {
    await removePlace(place, deps).catch(async (failure: unknown) => {
      // Another run may sweep here too.
      if (await exists(place)) throw systemError(failure, `cannot remove the snapshot ${place}`);
    });
  }
  return abandoned;
}

async function abandonedIn(safety: string): Promise<string[]> {
  const names = await readdir(safety).catch((failure: unknown): string[] => {
    if (isAbsent(failure)) return [];
    throw systemError(failure, `cannot look into ${safety}`);
  });
  return names.filter(isAbandoned).map((name) => join(safety, name));
}

function isAbandoned(name: string): boolean {
  const maker = makerOf(name);
  return maker !== undefined && !isAlive(maker);
}

async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return path;
  }
}
