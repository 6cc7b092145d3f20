import { StackholdError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Engine } from "../../ports/engine.ts";
import type { Journal } from "../../ports/journal.ts";
import type { Locks } from "../../ports/locks.ts";
import type { Outage } from "./quiesce.ts";
import { type MountedOnUse, mountedOnUse } from "./while-mounted.ts";

/**
 * Mount points at which one restore, or the recovery of one, mounts and unmounts volumes: units may
 * share a volume, and what one unmounts the other would go on writing to an empty directory.
 */
export interface OwnMounts extends AsyncDisposable {
  readonly paths: readonly string[];
  /** From now on also those of volumes that hold these host paths. LOCKED where they are another's. */
  take(targets: readonly string[]): Promise<readonly MountedOnUse[]>;
  /** The same; a run that dies while one is mounted leaves that to its recovery. */
  note(targets: readonly string[], outage: Pick<Outage, "entry" | "amend">): Promise<void>;
}

interface OwnMountsDeps {
  readonly engine: Pick<Engine, "volumes">;
  readonly journal: Pick<Journal, "units" | "read">;
  readonly locks: Pick<Locks, "acquire" | "tryAcquire">;
}

const pollMs = 100;
const lockOf = (path: string) => `mount/${path}`;

/** A journal names its mounts under their locks only: who has the lock finds those of the dead. */
async function refuseUnrecovered(
  path: string,
  unit: string,
  { journal }: Pick<OwnMountsDeps, "journal">,
): Promise<void> {
  for (const other of (await journal.units()).filter((name) => name !== unit)) {
    // Of one that cannot be read `recover` tells.
    const entry = await journal.read(other).catch(() => undefined);
    if (entry?.mounts?.includes(path) !== true) continue;
    throw new StackholdError(
      "LOCKED",
      `a restore of ${other} died when ${path} may have been mounted, and is not put right yet`,
      { hint: "run `stackhold recover`, then this again; nothing was touched" },
    );
  }
}

export function ownMounts(
  unit: string,
  { engine, journal, locks }: OwnMountsDeps,
  { signal }: { readonly signal: AbortSignal },
): OwnMounts {
  const held = new AsyncDisposableStack();
  const paths: string[] = [];
  const what = `restore of ${unit}`;
  /** A recovery takes all of its own in the order of their names: whoever has none may wait for it. */
  const lock = async (path: string, mayWait: boolean) => {
    const name = lockOf(path);
    if (mayWait) return locks.acquire(name, "run", what, signal);
    const taken = await locks.tryAcquire(name, "run", what);
    if (taken !== undefined) return taken;
    throw new StackholdError("LOCKED", `${path} is in use by another restore or recovery`, {
      hint: "run again when that has ended",
    });
  };
  const take = async (targets: readonly string[]) => {
    const found = await mountedOnUse(targets, { engine });
    const mayWait = paths.length === 0;
    const more = found.map(({ path }) => path).filter((path) => !paths.includes(path));
    for (const path of more.toSorted()) {
      held.use(await lock(path, mayWait));
      await refuseUnrecovered(path, unit, { journal });
      paths.push(path);
    }
    return found;
  };
  return {
    paths,
    take,
    async note(targets, outage) {
      await take(targets);
      const { mounts = [] } = outage.entry();
      if (paths.every((path) => mounts.includes(path))) return;
      await outage.amend({ mounts: [...new Set([...mounts, ...paths])] });
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** For the recovery of a restore that had them: whoever uses one now is waited for. */
export async function recoveredMounts(
  paths: readonly string[],
  unit: string,
  { locks, clock }: { readonly locks: Pick<Locks, "tryAcquire">; readonly clock: Clock },
  { signal }: { readonly signal: AbortSignal },
): Promise<AsyncDisposable> {
  await using held = new AsyncDisposableStack();
  for (const path of paths.toSorted()) {
    const attempt = () => locks.tryAcquire(lockOf(path), "recovery", `recovery of ${unit}`);
    let lock = await attempt();
    while (lock === undefined) {
      signal.throwIfAborted();
      await clock.sleep(pollMs, signal);
      lock = await attempt();
    }
    held.use(lock);
  }
  return held.move();
}
