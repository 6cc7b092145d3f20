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
import type { RestoreInput } from "./restore-input.ts";
import type { Survey } from "./survey.ts";

/** A mount of a directory above looks the target up by name and so follows the swap by itself. */
function holds(member: Member, targets: readonly string[]): boolean {
  return member.mounts.some(
    ({ source }) => source !== "" && targets.some((target) => isInside(source, target)),
  );
}

/** A running container of another unit that mounts a target would stay with the old data. */
export function sharers(now: Survey, targets: readonly string[]): Member[] {
  return now.others.filter((member) => isRunning(member) && holds(member, targets));
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
 * Stops the unit and whoever shares its data. The restart policies of all its containers, also of
 * stopped ones, are held meanwhile: an engine that restarts must not start them on half the data.
 */
export function planStop(
  manifest: Manifest,
  now: Survey,
  targets: readonly string[],
  policy: RestoreInput["policy"],
): OutagePlan {
  const sharing = sharers(now, targets);
  const touched = [...now.members, ...sharing];
  const plan = planOutage({
    unit: manifest.unit,
    way: "stop",
    members: touched,
    others: now.others.filter((member) => !sharing.includes(member)),
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
  const stopped = now.members
    .filter((member) => !known.has(member.id))
    .map((member) => ({ ...asleep(member), ...held(member) }));
  return { ...plan, containers: [...running, ...stopped] };
}

/**
 * What runs after the restore: of recorded members those that ran at the freeze, of all others
 * those that ran just now. `before` is the journal's: it knows all policies that are held.
 */
export function planStart(
  manifest: Manifest,
  members: readonly Member[],
  before: readonly JournaledContainer[],
): JournaledContainer[] {
  const recorded = new Map<Member, boolean>();
  for (const [member, now] of pairUp(manifest.members, members)) {
    recorded.set(now, member.running && !member.oneOff);
  }
  const ran = new Set(before.filter((c) => c.start && !c.follower).map((c) => c.id));
  const start = members.filter((member) => recorded.get(member) ?? ran.has(member.id));
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
