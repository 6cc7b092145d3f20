import { isInside } from "../../domain/refused-paths.ts";
import { mountOptionsOf } from "../../domain/unit.ts";
import type { Capture } from "../../ports/capture.ts";
import type { Engine } from "../../ports/engine.ts";

interface MountDeps {
  readonly engine: Pick<Engine, "volumes">;
  readonly capture: Pick<Capture, "mountVolume">;
}

/** Of these host paths those in volumes that the engine mounts only while a container uses them. */
export async function mountedOnUse(
  targets: readonly string[],
  { engine }: Pick<MountDeps, "engine">,
) {
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
