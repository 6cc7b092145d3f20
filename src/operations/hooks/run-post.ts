import type { Hook, HookStatus } from "../../domain/hooks.ts";
import { messageOf } from "../../errors.ts";
import type { Context, Deps } from "../context.ts";
import { type HookOrder, runHook } from "./run-hook.ts";

export interface PostOutcome {
  readonly warnings: readonly string[];
  readonly failed: readonly Hook[];
}

/** Every one, whatever the others do, and whether or not the run is cancelled. Never throws. */
export async function runPost(
  hooks: readonly Hook[],
  status: HookStatus,
  order: HookOrder,
  deps: Pick<Deps, "engine" | "hooks">,
  context: Pick<Context, "emit">,
): Promise<PostOutcome> {
  const warnings: string[] = [];
  const failed: Hook[] = [];
  for (const hook of hooks) {
    const isSpoilt = status === "succeeded" && failed.length > 0;
    const facts = { ...order.facts, status: isSpoilt ? "warning" : status } as const;
    try {
      await runHook(hook, { ...order, facts }, deps, context);
    } catch (error) {
      failed.push(hook);
      warnings.push(messageOf(error));
    }
  }
  return { warnings, failed };
}
