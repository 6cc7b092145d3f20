import { join } from "node:path";
import { StackholdError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Holder, Lock, Locks } from "../../ports/locks.ts";
import { dropLock, type LockPath, lockPath, lookAtLock, takeLock } from "./lock-file.ts";

const pollMs = 100;
/** A taker says its name within microseconds, and a look at a lock holds it as long. */
const namingPolls = 10;

export interface LocksOptions {
  /** On a local file system: network shares do not keep locks. */
  readonly stateDir: string;
  readonly clock: Clock;
}

/** Each lock is a transaction on a file of its own, freed by the kernel with its process. */
export function createLocks({ stateDir, clock }: LocksOptions): Locks {
  const directory = join(stateDir, "locks");

  const pathOf = (name: string) => lockPath(directory, name);

  function attempt(path: LockPath, name: string, role: Holder["role"], what: string) {
    const since = clock.now().toISOString();
    if (!takeLock(path, { pid: process.pid, role, what, since })) return undefined;
    return lockOn(path, name);
  }

  /** Undefined also when it became free meanwhile. */
  async function namedHolder(path: LockPath): Promise<Holder | "unnamed" | undefined> {
    for (let poll = 0; poll < namingPolls; poll += 1) {
      const holder = lookAtLock(path);
      if (holder !== "unnamed") return holder;
      await clock.sleep(pollMs / 10);
    }
    return "unnamed";
  }

  return {
    async acquire(name, role, what, signal) {
      const path = pathOf(name);
      for (;;) {
        if (signal?.aborted === true) throw cancelled(name);
        const lock = attempt(path, name, role, what);
        if (lock !== undefined) return lock;
        const holder = await namedHolder(path);
        if (holder === "unnamed") throw lockedBySomebody(name);
        if (holder?.role === "run") throw lockedBy(name, holder);
        if (holder !== undefined) await clock.sleep(pollMs, signal);
      }
    },
    async tryAcquire(name, role, what) {
      const path = pathOf(name);
      for (;;) {
        const lock = attempt(path, name, role, what);
        if (lock !== undefined) return lock;
        if ((await namedHolder(path)) !== undefined) return undefined;
      }
    },
    async holder(name) {
      const holder = await namedHolder(pathOf(name));
      return holder === "unnamed" ? undefined : holder;
    },
  };
}

function lockOn(path: LockPath, name: string): Lock {
  let released = false;
  const release = async () => {
    if (released) return;
    released = true;
    dropLock(path);
  };
  return { name, release, [Symbol.asyncDispose]: release };
}

function readable(name: string): string {
  return name.replace("/", " ");
}

function lockedBy(name: string, holder: Holder): StackholdError {
  const by = `${holder.what}, process ${holder.pid}, since ${holder.since}`;
  return new StackholdError("LOCKED", `${readable(name)} is in use by ${by}`, {
    hint: `wait for it to end; \`ps -fp ${holder.pid}\` shows it`,
  });
}

function lockedBySomebody(name: string): StackholdError {
  return new StackholdError("LOCKED", `${readable(name)} is in use by another process`, {
    hint: "wait for it to end; `lslocks` shows which process holds the lock",
  });
}

function cancelled(name: string): StackholdError {
  return new StackholdError("CANCELLED", `cancelled while waiting for ${readable(name)}`);
}
