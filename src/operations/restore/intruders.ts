import type { Manifest } from "../../domain/manifest.ts";
import { isRunning, type Member } from "../../domain/unit.ts";
import { StackholdError } from "../../errors.ts";
import type { Context, Deps } from "../context.ts";
import { asleep } from "../outage/journaled.ts";
import type { Outage } from "../outage/quiesce.ts";
import { suspendPolicies } from "../outage/restart-policies.ts";
import { held, sharers, usersOf } from "./plan-stop.ts";
import { survey } from "./survey.ts";

/** Seconds, where a container does not state its own. */
const defaultStopTimeout = 30;

/** What runs on the targets although all that did was stopped, whoever started or made it. */
async function intruders(
  manifest: Manifest,
  targets: readonly string[],
  deps: Deps,
): Promise<Member[]> {
  const now = await survey(manifest, deps);
  return [...usersOf(targets, now), ...sharers(now, targets)].filter(isRunning);
}

const namesOf = (members: readonly Member[]) => members.map(({ name }) => name).join(", ");

/** Before the first swap. A container that works on a target would go on with the data set aside. */
export async function refuseIntruders(
  manifest: Manifest,
  targets: readonly string[],
  deps: Deps,
): Promise<void> {
  const awake = await intruders(manifest, targets, deps);
  if (awake.length === 0) return;
  throw new StackholdError(
    "RESTORE_FAILED",
    `somebody else started ${namesOf(awake)} during the restore; no data was replaced`,
    { hint: "another tool or a restart of the engine did this: see to it, and run this again" },
  );
}

/**
 * After the last swap. Whatever runs by now may hold the data set aside, so it is stopped and
 * started with the rest; whatever is started from here on finds the restored data. Returns what to
 * say of it.
 */
export async function stopIntruders(
  manifest: Manifest,
  targets: readonly string[],
  outage: Outage,
  deps: Deps,
  context: Context,
): Promise<string[]> {
  const awake = await intruders(manifest, targets, deps);
  if (awake.length === 0) return [];
  const { containers } = outage.entry();
  const woken = awake.map((member) => {
    const known = containers.find(({ id }) => id === member.id);
    const stopTimeout = member.stopTimeout ?? defaultStopTimeout;
    return { ...(known ?? { ...asleep(member), ...held(member), stopTimeout }), start: true };
  });
  const rest = containers.filter(({ id }) => !woken.some((one) => one.id === id));
  await outage.amend({ containers: [...rest, ...woken] });
  await suspendPolicies(woken, deps.engine);
  await Promise.all(woken.map(({ id, stopTimeout }) => deps.engine.stop(id, stopTimeout)));
  const message = `somebody else started ${namesOf(awake)} during the restore: stopped again, so that the restored data is what runs`;
  context.emit({ type: "warning", unit: manifest.unit, message });
  return [message];
}
