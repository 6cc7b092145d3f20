import type { Manifest } from "../../../domain/manifest.ts";
import { startRanks } from "../../../domain/order.ts";
import type { Member } from "../../../domain/unit.ts";
import { messageOf, StackholdError } from "../../../errors.ts";
import type { JournaledContainer } from "../../../ports/journal.ts";
import type { Context, Deps } from "../../context.ts";
import { asleep } from "../../outage/journaled.ts";
import { putBack } from "../../outage/put-back.ts";
import type { Outage } from "../../outage/quiesce.ts";
import { waitHealthy } from "../../outage/wait-healthy.ts";
import { pairUp } from "../pair-up.ts";
import { held } from "../plan-stop.ts";
import type { RestoreInput } from "../restore-input.ts";

function failed(name: string, reasons: readonly string[]): StackholdError {
  return new StackholdError("RESTORE_FAILED", `${name} does not come up: ${reasons.join("; ")}`, {
    hint: "it was removed again; with --no-start it stays, to be looked at and started by hand",
  });
}

/** Starts what ran in the original at the freeze and waits for it; returns what shall run. */
export async function startCopy(
  manifest: Manifest,
  members: readonly Member[],
  input: Pick<RestoreInput, "noStart" | "policy">,
  outage: Outage,
  deps: Deps,
  context: Context,
): Promise<JournaledContainer[]> {
  const { unit: name, networks: _, ...entry } = outage.entry();
  const pairs = [...pairUp(manifest.members, members)];
  const awake = pairs.filter(([recorded]) => recorded.running && !input.noStart).map(([, m]) => m);
  const ranks = startRanks(awake).flatMap((rank, index) =>
    rank.map((member) => ({ ...asleep(member), ...held(member), rank: index, start: true })),
  );
  const rest = members
    .filter((member) => !awake.includes(member))
    .map((member) => ({ ...asleep(member), ...held(member) }));
  const containers = [...ranks, ...rest];
  const outcome = await putBack({ ...entry, unit: name, containers }, deps);
  if (outcome.failed.length > 0) {
    const reasons = outcome.failed.map((one) => `${one.name} (${messageOf(one.error)})`);
    throw failed(name, reasons);
  }
  const watched = awake.map((member) => ({ ...member, health: "healthy" as const }));
  const { notReady } = await waitHealthy(watched, input.policy, deps, context.signal, outage.beat);
  context.signal.throwIfAborted();
  if (notReady.length > 0) throw failed(name, notReady);
  if (awake.length > 0) {
    const message = `runs beside ${manifest.unit}: ${outcome.started.join(", ")}`;
    context.emit({ type: "log", unit: name, level: "success", message });
  }
  return containers;
}
