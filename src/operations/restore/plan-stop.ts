import type { Manifest } from "../../domain/manifest.ts";
import { startRanks } from "../../domain/order.ts";
import { stopTimeoutOf } from "../../domain/policy.ts";
import { isInside } from "../../domain/refused-paths.ts";
import { isLostWhenStopped, isRunning, type Member } from "../../domain/unit.ts";
import { StackholdError } from "../../errors.ts";
import type { JournaledContainer } from "../../ports/journal.ts";
import { asleep } from "../outage/journaled.ts";
import { type OutagePlan, planOutage } from "../outage/plan-outage.ts";
import { pairUp } from "./pair-up.ts";
import { dataPathOf } from "./placements.ts";
import type { RestoreInput } from "./restore-input.ts";
import type { Survey } from "./survey.ts";

/** Host paths of a container's data. */
function sourcesOf(member: Member, { volumes }: Survey): string[] {
  return member.mounts.flatMap(({ volume: name, source }) => {
    const volume = name === undefined ? undefined : volumes.get(name);
    if (volume !== undefined) return [dataPathOf(volume)];
    return source === "" ? [] : [source];
  });
}

/** A mount of a directory above looks the target up by name and so follows the swap by itself. */
function holds(member: Member, targets: readonly string[], now: Survey): boolean {
  return sourcesOf(member, now).some((source) =>
    targets.some((target) => isInside(source, target)),
  );
}

/** A running container of another unit that mounts a target would stay with the old data. */
export function sharers(now: Survey, targets: readonly string[]): Member[] {
  return now.others.filter((member) => isRunning(member) && holds(member, targets, now));
}

/** Members that see a target through a mount of it, of something in it or of a directory above. */
export function usersOf(targets: readonly string[], now: Survey): Member[] {
  return now.members.filter((member) =>
    sourcesOf(member, now).some((source) =>
      targets.some((target) => isInside(source, target) || isInside(target, source)),
    ),
  );
}

/** The policy to give back, where there is one that starts containers. */
export function held(member: Member): Pick<JournaledContainer, "restartPolicy"> {
  const { restartPolicy } = member;
  return restartPolicy.name === "" || restartPolicy.name === "no" ? {} : { restartPolicy };
}

/** Nothing brings back what a stop deletes. */
function refuseToLose(names: readonly string[]): void {
  if (names.length === 0) return;
  const [one, it] = names.length === 1 ? ["removes itself", "it"] : ["remove themselves", "them"];
  throw new StackholdError(
    "RESTORE_FAILED",
    `${names.join(", ")} would have to be stopped, and ${one} when stopped (--rm)`,
    {
      hint: `nothing was touched: end ${it} (docker stop ${names.join(" ")}), then restore again, or restore with --to directory:DIR`,
    },
  );
}

/**
 * Stops these members of the unit and whoever shares their data. The restart policies of all of
 * them, also of stopped ones, are held meanwhile: an engine that restarts must not start them on
 * half the data.
 */
export function planStop(
  manifest: Manifest,
  now: Survey,
  members: readonly Member[],
  targets: readonly string[],
  policy: RestoreInput["policy"],
): OutagePlan {
  const sharing = sharers(now, targets);
  const touched = [...members, ...sharing];
  const rest = now.members.filter((member) => isRunning(member) && !members.includes(member));
  const plan = planOutage({
    unit: manifest.unit,
    way: "stop",
    members: touched,
    others: [...rest, ...now.others.filter((member) => !sharing.includes(member))],
    stopsPaused: true,
    stopTimeout: (container) => stopTimeoutOf(policy, container),
  });
  const lost = touched.filter(isLostWhenStopped).map(({ name }) => name);
  refuseToLose([...new Set([...lost, ...plan.cutOff])]);
  const byId = new Map(touched.map((member) => [member.id, member]));
  const running = plan.containers.map((container) => {
    const member = byId.get(container.id);
    return member === undefined ? container : { ...container, ...held(member) };
  });
  const known = new Set(running.map((container) => container.id));
  const stopped = members
    .filter((member) => !known.has(member.id))
    .map((member) => ({ ...asleep(member), ...held(member) }));
  return { ...plan, containers: [...running, ...stopped] };
}

/** The processes that were held are gone: whoever paused them must know. */
export function pausedWarnings({ members, containers }: OutagePlan): string[] {
  const stopped = new Set(containers.map(({ id }) => id));
  return members
    .filter(({ id, state }) => state === "paused" && stopped.has(id))
    .map(
      ({ name }) => `${name} was paused and had to be stopped: it is not paused again when it runs`,
    );
}

/** Whether a member ran at the freeze; undefined for one that the point does not know. */
function ranAtFreeze(manifest: Manifest, members: readonly Member[]) {
  const recorded = new Map<Member, boolean>();
  for (const [member, now] of pairUp(manifest.members, members)) {
    recorded.set(now, member.running && !member.oneOff);
  }
  return (member: Member) => recorded.get(member);
}

export interface StartInput {
  readonly manifest: Manifest;
  /** As they are now, of the whole unit. */
  readonly members: readonly Member[];
  /** The journal's: it knows all policies that are held. */
  readonly before: readonly JournaledContainer[];
  /** Of a restore of some parts: whether anything of the unit ran before it. */
  readonly parts?: { readonly wasUp: boolean };
}

/**
 * What runs after the restore: of recorded members those that ran at the freeze, of all others
 * those that ran just now. A restore of some parts starts again what it stopped, and what ran at
 * the freeze only in a unit that was up; it leaves alone what it did not have to touch.
 */
export function planStart({
  manifest,
  members: all,
  before,
  parts,
}: StartInput): JournaledContainer[] {
  const atFreeze = ranAtFreeze(manifest, all);
  const own = before.filter((container) => !container.follower);
  const ran = new Set(own.filter((container) => container.start).map(({ id }) => id));
  const touched = new Set(own.map(({ id }) => id));
  const members = parts === undefined ? all : all.filter(({ id }) => touched.has(id));
  const isWanted = (member: Member): boolean => {
    if (parts === undefined) return atFreeze(member) ?? ran.has(member.id);
    return ran.has(member.id) || (parts.wasUp && atFreeze(member) === true);
  };
  const start = members.filter(isWanted);
  const policies = new Map(before.map((c) => [c.id, c.restartPolicy]));
  const policyOf = (member: Member) => {
    const kept = policies.get(member.id);
    return kept === undefined ? held(member) : { restartPolicy: kept };
  };
  const awake = startRanks(start).flatMap((rank, index) =>
    rank.map((member) => ({ ...asleep(member), ...policyOf(member), rank: index, start: true })),
  );
  const rest = members
    .filter((member) => !start.includes(member))
    .map((member) => ({ ...asleep(member), ...policyOf(member) }));
  const followers = before.filter((container) => container.follower);
  return [...awake, ...rest, ...followers];
}
