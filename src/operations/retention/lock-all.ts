import type { Lock } from "../../ports/locks.ts";
import type { Deps } from "../context.ts";

/** All of these locks or none. LOCKED names the holder of the first that is not free. */
export async function lockAll(
  names: readonly string[],
  what: string,
  { locks }: Pick<Deps, "locks">,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  const held: Lock[] = [];
  const release = async () => {
    for (const lock of held.reverse()) await lock.release();
  };
  try {
    for (const name of names) held.push(await locks.acquire(name, "run", what, signal));
    return { [Symbol.asyncDispose]: release };
  } catch (error) {
    await release();
    throw error;
  }
}
