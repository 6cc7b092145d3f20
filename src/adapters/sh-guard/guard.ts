import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { messageOf, StackholdError } from "../../errors.ts";
import { type Detached, spawnDetached } from "../../exec/detached.ts";
import { processStart } from "../../exec/process-start.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ArmedGuard, Guard } from "../../ports/journal.ts";

export interface GuardOptions {
  /** What puts a unit right, absolute paths; `--unit` and the unit's name are appended. */
  readonly recoverCommand: readonly string[];
  readonly clock: Clock;
  /** The guard died before its goodbye: nobody would put the unit right now. */
  readonly onLost: (unit: string, how: string) => void;
  /** What guard and recovery say is appended here. */
  readonly logFile?: string;
  /** Default: the script beside this module, or beside the bundle. */
  readonly script?: string;
  readonly shell?: readonly [string, ...string[]];
}

const readyWithinMs = 10_000;
const goodbyeWithinMs = 2_000;

export function createGuard(options: GuardOptions): Guard {
  return {
    async arm(unit, limitSeconds) {
      const limit = Math.max(1, Math.ceil(limitSeconds));
      const state: GuardState = { armed: false };
      const child = startGuard(unit, limit, state, options);
      const line = await within(
        readyWithinMs,
        options.clock,
        child.firstLine,
        child.ended.then(() => undefined),
      );
      if (line !== "ready") {
        child.keepWaiting(true);
        child.kill();
        await child.ended;
        throw notStarted(unit, state.how ?? "no reason given");
      }
      state.armed = true;
      return armed(child, limit, state, options.clock);
    },
  };
}

interface GuardState {
  armed: boolean;
  how?: string;
}

function startGuard(
  unit: string,
  limit: number,
  state: GuardState,
  options: GuardOptions,
): Detached {
  const script = options.script ?? fileURLToPath(new URL("./guard.sh", import.meta.url));
  const [program, ...shellArgs] = options.shell ?? ["/bin/sh"];
  const about = [unit, String(limit), String(process.pid), processStart(process.pid)];
  const log = openLog(options.logFile);
  try {
    return spawnDetached({
      program,
      args: [...shellArgs, script, ...about, ...options.recoverCommand, "--unit", unit],
      ...(log === undefined ? {} : { stderr: log }),
      onEnd: (how) => {
        state.how = how;
        if (state.armed) options.onLost(unit, how);
        state.armed = false;
      },
    });
  } catch (error) {
    throw notStarted(unit, messageOf(error), error);
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

function armed(child: Detached, limit: number, state: GuardState, clock: Clock): ArmedGuard {
  const everyMs = Math.min(1000, (limit * 1000) / 4);
  let last = clock.monotonic();
  return {
    beat() {
      const now = clock.monotonic();
      if (!state.armed || now - last < everyMs) return;
      last = now;
      child.write(".");
    },
    async dismiss() {
      if (!state.armed) return;
      state.armed = false;
      child.write("q");
      child.end();
      child.keepWaiting(true);
      await within(goodbyeWithinMs, clock, child.ended);
      child.keepWaiting(false);
    },
  };
}

/** What comes first, undefined when that is the time. */
async function within<T>(
  ms: number,
  clock: Clock,
  ...wanted: Promise<T>[]
): Promise<T | undefined> {
  const controller = new AbortController();
  const timeUp = clock.sleep(ms, controller.signal).then(() => undefined);
  try {
    return await Promise.race([...wanted, timeUp]);
  } finally {
    controller.abort();
  }
}

/** A log that cannot be written is no reason to go without a guard. */
function openLog(file: string | undefined): number | undefined {
  if (file === undefined) return undefined;
  try {
    return openSync(file, "a", 0o600);
  } catch {
    return undefined;
  }
}

function notStarted(unit: string, why: string, cause?: unknown): StackholdError {
  return new StackholdError("TOOL_FAILED", `the guard of ${unit} did not start: ${why}`, {
    hint: "the guard needs /bin/sh, and dd and timeout on PATH; nothing was stopped",
    cause,
  });
}
