import { isInside } from "../../domain/refused-paths.ts";
import { isRunning, mountOptionsOf } from "../../domain/unit.ts";
import type { Capture, MountOptions } from "../../ports/capture.ts";
import type { Engine } from "../../ports/engine.ts";
import type { JournalEntry } from "../../ports/journal.ts";

interface MountDeps {
  readonly engine: Pick<Engine, "volumes">;
  readonly capture: Pick<Capture, "mountVolume">;
}

/** Where the engine mounts a volume, and what. */
export interface MountedOnUse {
  readonly path: string;
  readonly options: MountOptions;
}

/** Of these host paths those in volumes that the engine mounts only while a container uses them. */
export async function mountedOnUse(
  targets: readonly string[],
  { engine }: Pick<MountDeps, "engine">,
): Promise<MountedOnUse[]> {
  if (targets.length === 0) return [];
  return (await engine.volumes()).flatMap(({ mountpoint, ...volume }) => {
    const options = mountOptionsOf(volume);
    const isWanted = targets.some((target) => isInside(target, mountpoint));
    return options === undefined || !isWanted ? [] : [{ path: mountpoint, options }];
  });
}

/**
 * Does its work while such volumes are mounted, by the engine or by this: without, their paths
 * show an empty directory, and what is put there is never seen again.
 */
export async function whileMounted<T>(
  targets: readonly string[],
  deps: MountDeps,
  work: () => Promise<T>,
): Promise<T> {
  await using mounts = new AsyncDisposableStack();
  for (const { path, options } of await mountedOnUse(targets, deps)) {
    mounts.use(await deps.capture.mountVolume(options, path));
  }
  return await work();
}

/**
 * The engine cannot mount a device where it is mounted already, so no container would start. What
 * one that runs has mounted is the engine's.
 */
export async function unmountLeft(
  { mounts = [] }: Pick<JournalEntry, "mounts">,
  {
    engine,
    capture,
  }: {
    readonly engine: Pick<Engine, "volumes" | "containers">;
    readonly capture: Pick<Capture, "unmountVolume">;
  },
): Promise<void> {
  if (mounts.length === 0) return;
  const running = (await engine.containers()).filter(isRunning);
  const used = new Set(running.flatMap((container) => container.mounts.map((m) => m.volume)));
  const volumes = await engine.volumes();
  const usedPaths = volumes.filter(({ name }) => used.has(name)).map((v) => v.mountpoint);
  for (const path of mounts) if (!usedPaths.includes(path)) await capture.unmountVolume(path);
}
