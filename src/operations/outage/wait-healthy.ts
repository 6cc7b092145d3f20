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

/**
 * The members as they have to be again: one that its restart policy had just started, at the time
 * of inspection, counts as restarting. Nobody can ask of it that it stays up.
 */
export function asTheyWere(members: readonly Member[], inspectedAt: string): Member[] {
  const before = Date.parse(inspectedAt) - crashingMs;
  return members.map((member) => {
    const isFresh = member.startedAt !== undefined && Date.parse(member.startedAt) > before;
    const isCrashing = isRunning(member) && isFresh && member.restartCount > 0;
    return isCrashing ? { ...member, state: "restarting" } : member;
  });
}

interface WaitDeps {
  readonly engine: Engine;
  readonly clock: Clock;
}

const pollMs = 100;
/** What its policy has just started again for the second time, within this time, is crashing. */
const crashingMs = 3000;

/** Seconds. */
export interface Patience {
  readonly startTimeout: number;
  readonly stayUp: number;
}

/** How long a member may take: the setting, or what its own health check allows if that is more. */
function healthLimitMs(member: Member, startTimeoutSeconds: number): number {
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

/** Without a health check that speaks for it, a container that was started has to stay. */
function hasToStay(before: Member, now: Member): boolean {
  if (before.state === "restarting" || !isRunning(now)) return false;
  return now.startedAt !== before.startedAt && now.health !== "healthy";
}

/** Until it has run for a moment; false when it ended meanwhile. */
async function staysUp(
  now: Member,
  stayUpMs: number,
  deps: WaitDeps,
  signal?: AbortSignal,
): Promise<boolean> {
  const started = Date.parse(now.startedAt ?? deps.clock.now().toISOString());
  const filter = {
    containers: [now.id],
    actions: ["die"],
    since: started / 1000,
    until: (started + stayUpMs) / 1000,
  };
  try {
    for await (const _ of deps.engine.events(filter, signal)) return false;
  } catch (error) {
    if (!isErrorCode(error, "ENGINE_FORBIDDEN")) throw error;
    await deps.clock.sleep(stayUpMs, signal);
  }
  const later = await current(now, deps.engine);
  return later !== undefined && isRunning(later) && later.startedAt === now.startedAt;
}

/**
 * Waits until every member runs and stays up, and is healthy again if it was healthy in `members`,
 * which is the state before the outage. A member is ready when it began to run for good. Nothing is
 * thrown for a member that does not get there: it is named.
 */
export async function waitHealthy(
  members: readonly Member[],
  { startTimeout, stayUp }: Patience,
  deps: WaitDeps,
  signal?: AbortSignal,
  onWait: () => void = () => {},
): Promise<Readiness> {
  const began = deps.clock.monotonic();
  const waitFor = async (member: Member): Promise<{ readyMs: number; wrong?: string }> => {
    const limit = healthLimitMs(member, startTimeout);
    for (;;) {
      const now = await current(member, deps.engine);
      const state = now === undefined ? "gone" : verdict(member, now);
      const readyMs = deps.clock.monotonic() - began;
      if (now !== undefined && state === "ready") {
        const isIn = stayUp === 0 || !hasToStay(member, now);
        if (isIn || (await staysUp(now, stayUp * 1000, deps, signal))) return { readyMs };
      }
      const passedMs = deps.clock.monotonic() - began;
      if (passedMs > limit || signal?.aborted === true) {
        const wrong = state === "ready" ? "ends soon after its start" : state;
        return { readyMs: passedMs, wrong: `${member.name}: ${wrong}` };
      }
      onWait();
      await deps.clock.sleep(pollMs, signal);
    }
  };
  const outcomes = await Promise.all(members.map(waitFor));
  return {
    readyMs: Math.max(0, ...outcomes.map(({ readyMs }) => readyMs)),
    notReady: outcomes.flatMap(({ wrong }) => (wrong === undefined ? [] : [wrong])),
  };
}
