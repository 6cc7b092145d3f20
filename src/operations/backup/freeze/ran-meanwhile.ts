import { formatPart } from "../../../domain/part.ts";
import { mayWrite } from "../../../domain/sources/live-shared.ts";
import type { PlannedSource } from "../../../domain/sources/plan-sources.ts";
import { type ContainerSummary, isRunning, type Member } from "../../../domain/unit.ts";
import { isErrorCode, StackholdError } from "../../../errors.ts";
import type { Deps } from "../../context.ts";
import { inspectAll } from "../../inspect-all.ts";
import { isIdle } from "../../outage/quiesce.ts";
import type { PreparedUnit } from "../prepare-unit.ts";
import { vanishedMeanwhile } from "./vanished-meanwhile.ts";

/** When the data was stored, RFC 3339. */
export interface Moment {
  readonly from: string;
  readonly to: string;
}

/** A container that may have written into sources while they were stored. */
export interface Intruder {
  readonly name: string;
  readonly sources: readonly PlannedSource[];
}

/** Those known to have run before are warned of beforehand, and those stopped are watched. */
function isExpected(container: ContainerSummary, prepared: PreparedUnit): boolean {
  const { members, outage, surroundings } = prepared;
  if (surroundings.others.some(({ id }) => id === container.id)) return true;
  if (outage.containers.some(({ id }) => id === container.id)) return true;
  const before = members.find(({ id }) => id === container.id);
  return before !== undefined && isRunning(before) && before.state !== "paused";
}

function hasRun(now: Member, before: Member | undefined, { from, to }: Moment): boolean {
  if (now.startedAt === undefined) return false;
  if (before?.startedAt === now.startedAt) {
    return before.state === "paused" && now.state === "running";
  }
  const ended = isRunning(now) ? undefined : now.finishedAt;
  const isBefore = ended !== undefined && Date.parse(ended) < Date.parse(from);
  return !isBefore && Date.parse(now.startedAt) <= Date.parse(to);
}

async function intruders(prepared: PreparedUnit, moment: Moment, deps: Deps): Promise<Intruder[]> {
  const { sources } = prepared.plan;
  const present = await deps.engine.containers();
  const written = (container: ContainerSummary) => sources.filter((s) => mayWrite(container, s));
  const suspects = present.filter(
    (container) => !isExpected(container, prepared) && written(container).length > 0,
  );
  const inspected = await inspectAll(
    suspects.map(({ id }) => id),
    deps.engine,
  );
  const before = new Map(prepared.members.map((member) => [member.id, member]));
  const here = inspected
    .filter((now) => hasRun(now, before.get(now.id), moment))
    .map((now) => ({ name: now.name, sources: written(now) }));
  return [...here, ...(await vanishedMeanwhile(prepared, present, moment, deps))];
}

/**
 * What was started by somebody else and may have written while the unit was stored: throws where
 * the unit had been stopped, else gives back warnings.
 */
export async function ranMeanwhile(
  prepared: PreparedUnit,
  moment: Moment,
  deps: Deps,
): Promise<string[]> {
  const { plan, policy, outage } = prepared;
  if (plan.sources.length === 0) return [];
  const idle = isIdle(outage);
  const told = ({ name, sources }: Intruder) => {
    const parts = sources.map(formatPart).filter((part) => !policy.accept.includes(part));
    return parts.length === 0 ? [] : [{ name, parts: parts.join(", ") }];
  };
  try {
    const found = (await intruders(prepared, moment, deps)).flatMap(told);
    const [first] = found;
    if (first === undefined) return [];
    if (idle)
      return found.map(({ name, parts }) => `${name} was running while ${parts} was stored`);
    throw new StackholdError(
      "BACKUP_FAILED",
      `${first.name} was started by somebody else while ${first.parts} was stored`,
      { hint: "a restart of the engine or another tool did this; run the backup again" },
    );
  } catch (error) {
    if (!idle || !isErrorCode(error, "ENGINE_UNREACHABLE")) throw error;
    return ["the engine was away: what ran while the data was stored is not known"];
  }
}
