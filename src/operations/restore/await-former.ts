import { StackholdError } from "../../errors.ts";
import type { Context, Deps } from "../context.ts";
import { asTheyWere, waitHealthy } from "../outage/wait-healthy.ts";
import type { InPlacePlan } from "./in-place.ts";
import type { RestoreInput } from "./restore-input.ts";

/**
 * After a rollback: throws LEFT_DOWN unless what ran before the restore is as well as it was then.
 * A cancelled run does not wait.
 */
export async function awaitFormer(
  plan: InPlacePlan,
  input: RestoreInput,
  deps: Deps,
  context: Context,
): Promise<void> {
  const ran = new Set(plan.stop.containers.filter((c) => c.start).map((c) => c.id));
  const members = asTheyWere(plan.now.members, plan.now.at);
  const former = members.filter((member) => ran.has(member.id));
  const { notReady } = await waitHealthy(former, input.policy, deps, context.signal);
  if (notReady.length === 0 || context.signal.aborted) return;
  throw new StackholdError(
    "LEFT_DOWN",
    `the data of ${input.unit} from before is back, but it is not ready: ${notReady.join("; ")}`,
    { hint: "look at its logs; the restore failed, and nothing of it is left" },
  );
}
