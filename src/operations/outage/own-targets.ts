import { outermost } from "../../domain/outermost.ts";
import { isInside } from "../../domain/refused-paths.ts";
import { StackholdError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Engine } from "../../ports/engine.ts";
import type { Journal, JournalEntry } from "../../ports/journal.ts";
import type { Locks } from "../../ports/locks.ts";
import type { Outage } from "./quiesce.ts";
import { type MountedOnUse, mountedOnUse } from "./while-mounted.ts";

/**
 * Host paths whose content one restore, or the recovery of one, replaces, and mount points at which it mounts volumes. Units may
 * share them: what the one has put there the other's way back would take away, and what the one unmounts the
 * other would go on writing to an empty directory.
 */
export interface OwnTargets extends AsyncDisposable {
  /** Those at which volumes are mounted. */
  readonly mounts: readonly string[];
  /** From now on also these host paths; of a volume that is mounted on use all of it. LOCKED where they are another's. */
  take(targets: readonly string[]): Promise<readonly MountedOnUse[]>;
  /** The same; a run that dies while one is mounted leaves that to its recovery. */
  note(targets: readonly string[], outage: Pick<Outage, "entry" | "amend">): Promise<void>;
}

interface OwnTargetsDeps {
  readonly engine: Pick<Engine, "volumes">;
  readonly journal: Pick<Journal, "units" | "read">;
  readonly locks: Pick<Locks, "acquire" | "tryAcquire">;
}

type Replaced = Pick<JournalEntry, "mounts" | "swaps" | "stages">;

const pollMs = 100;
const lockOf = (path: string) => `target/${path}`;

/** What lies in a mount or in another target goes with it. */
function targetsOf({ mounts = [], swaps, stages }: Replaced): string[] {
  return outermost([...new Set([...mounts, ...[...swaps, ...stages].map(({ target }) => target)])]);
}

/** A journal names its targets under their locks only: who has the lock finds those of the dead. */
async function refuseUnrecovered(
  paths: readonly string[],
  unit: string,
  { journal }: Pick<OwnTargetsDeps, "journal">,
): Promise<void> {
  for (const other of (await journal.units()).filter((name) => name !== unit)) {
    // Of one that cannot be read `recover` tells.
    const entry = await journal.read(other).catch(() => undefined);
    const theirs = entry === undefined ? [] : targetsOf(entry);
    const path = paths.find((one) =>
      theirs.some((their) => isInside(one, their) || isInside(their, one)),
    );
    if (path === undefined) continue;
    throw new StackholdError(
      "LOCKED",
      `a restore of ${other} died, or is at work, with ${path}, and is not put right yet`,
      { hint: "run `stackhold recover`, then this again; nothing was touched" },
    );
  }
}

export function ownTargets(
  unit: string,
  { engine, journal, locks }: OwnTargetsDeps,
  { signal }: { readonly signal: AbortSignal },
): OwnTargets {
  const held = new AsyncDisposableStack();
  const paths: string[] = [];
  const mounts: string[] = [];
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
    const mountPoints = found.map(({ path }) => path);
    const mayWait = paths.length === 0;
    const isHeld = (path: string) => paths.some((own) => isInside(path, own));
    const wanted = outermost([...new Set([...mountPoints, ...targets])]);
    const more = wanted.filter((path) => !isHeld(path));
    for (const path of more.toSorted()) {
      held.use(await lock(path, mayWait));
      paths.push(path);
    }
    if (more.length > 0) await refuseUnrecovered(more, unit, { journal });
    mounts.push(...mountPoints.filter((path) => !mounts.includes(path)));
    return found;
  };
  return {
    mounts,
    take,
    async note(targets, outage) {
      await take(targets);
      const { mounts: noted = [] } = outage.entry();
      if (mounts.every((path) => noted.includes(path))) return;
      await outage.amend({ mounts: [...new Set([...noted, ...mounts])] });
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** For the recovery of a restore that had them: whoever uses one now is waited for. */
export async function recoveredTargets(
  entry: Replaced,
  unit: string,
  { locks, clock }: { readonly locks: Pick<Locks, "tryAcquire">; readonly clock: Clock },
  { signal }: { readonly signal: AbortSignal },
): Promise<AsyncDisposable> {
  await using held = new AsyncDisposableStack();
  for (const path of targetsOf(entry).toSorted()) {
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
