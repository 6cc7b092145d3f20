import type { Member } from "../../domain/unit.ts";
import { isRunning } from "../../domain/unit.ts";
import { isErrorCode } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Engine } from "../../ports/engine.ts";
import { replacementOf } from "./replacement.ts";

export interface Readiness {
  /** Milliseconds until the last member was ready, or until the wait was given up. */
  readonly readyMs: number;
  /** Names with what is wrong, e.g. `db: unhealthy`. */
  readonly notReady: readonly string[];
}

interface WaitDeps {
  readonly engine: Engine;
  readonly clock: Clock;
}

const pollMs = 100;

/** How long a member may take: the setting, or what its own health check allows if that is more. */
export function healthLimitMs(member: Member, startTimeoutSeconds: number): number {
  const check = member.healthcheck;
  const own = check === undefined ? 0 : check.startPeriodMs + check.intervalMs * check.retries;
  return Math.max(startTimeoutSeconds * 1000, own);
}

/** Only what worked before has to work again: a container in a crash loop is started, no more. */
function verdict(before: Member, now: Member): "ready" | string {
  if (before.state === "restarting") return "ready";
  const jobDone =
    !isRunning(now) &&
    now.exitCode === 0 &&
    !["always", "unless-stopped"].includes(now.restartPolicy.name);
  if (jobDone) return "ready";
  if (now.state === "restarting") return "restarting again and again";
  if (!isRunning(now)) return `not running (exit code ${now.exitCode})`;
  const mustBeHealthy = before.healthcheck !== undefined && before.health === "healthy";
  if (!mustBeHealthy || now.health === "healthy") return "ready";
  return now.health ?? "without health";
}

async function current(member: Member, engine: Engine): Promise<Member | undefined> {
  try {
    return await engine.inspect(member.id);
  } catch (error) {
    if (!isErrorCode(error, "CONTAINER_MISSING")) throw error;
    const project = member.labels["com.docker.compose.project"];
    const id = await replacementOf(
      { ...member, ...(project === undefined ? {} : { project }) },
      engine,
    );
    return id === undefined ? undefined : engine.inspect(id);
  }
}

/**
 * Waits until every member runs, and is healthy again if it was healthy in `members`, which is the
 * state before the outage. Nothing is thrown for a member that does not get there: it is named.
 */
export async function waitHealthy(
  members: readonly Member[],
  startTimeoutSeconds: number,
  deps: WaitDeps,
  signal?: AbortSignal,
  onWait: () => void = () => {},
): Promise<Readiness> {
  const began = deps.clock.monotonic();
  const waitFor = async (member: Member): Promise<string | undefined> => {
    const limit = healthLimitMs(member, startTimeoutSeconds);
    for (;;) {
      const now = await current(member, deps.engine);
      const state = now === undefined ? "gone" : verdict(member, now);
      if (state === "ready") return undefined;
      const late = deps.clock.monotonic() - began > limit;
      if (late || signal?.aborted === true) return `${member.name}: ${state}`;
      onWait();
      await deps.clock.sleep(pollMs, signal);
    }
  };
  const outcomes = await Promise.all(members.map(waitFor));
  return {
    readyMs: deps.clock.monotonic() - began,
    notReady: outcomes.filter((outcome) => outcome !== undefined),
  };
}
