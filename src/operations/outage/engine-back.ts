import { isErrorCode } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Engine } from "../../ports/engine.ts";

/** An upgraded engine may be away for minutes; what ran on it must not stay down because of that. */
export const engineBackMs = 600_000;
const pollMs = 250;

export const engineAway = "the engine does not answer: waiting for it, to start what ran";

/**
 * Waits for an engine that is away, e.g. because it restarts; throws ENGINE_UNREACHABLE when it
 * does not come back. `onWait` is told how often it was asked in vain.
 */
export async function awaitEngine(
  deps: { readonly engine: Engine; readonly clock: Clock },
  onWait: (times: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = deps.clock.monotonic() + engineBackMs;
  for (let attempt = 1; ; attempt++) {
    try {
      await deps.engine.info();
      return;
    } catch (error) {
      const isLate = deps.clock.monotonic() > deadline || signal?.aborted === true;
      if (isLate || !isErrorCode(error, "ENGINE_UNREACHABLE")) throw error;
      onWait(attempt);
      await deps.clock.sleep(pollMs, signal);
    }
  }
}
