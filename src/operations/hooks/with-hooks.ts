import {
  type Hook,
  type HookPlan,
  type HookStatus,
  hooksOf,
  isLabelHook,
  needsUnit,
} from "../../domain/hooks.ts";
import { isErrorCode } from "../../errors.ts";
import type { JournalEntry, JournaledHooks } from "../../ports/journal.ts";
import { type Context, type Deps, step } from "../context.ts";
import { nothingStopped } from "../outage/plan-outage.ts";
import { journalEntry } from "../outage/quiesce.ts";
import { isBlank, journalWithHooks, withHooksLeft } from "./journal-with-hooks.ts";
import { runHook } from "./run-hook.ts";
import { runPost } from "./run-post.ts";

export interface HookedRun {
  readonly plan: HookPlan;
  readonly unit: string;
  readonly backupId: string;
  readonly operation: JournalEntry["operation"];
  /** Until the unit, which was started, can be used; what it throws is not heeded. */
  readonly ready: () => Promise<void>;
  /** Nobody shall wait for this unit any more. */
  readonly onFailure?: () => void;
  /** Gets what went wrong with hooks after a failure: the rest is what `post` gives back. */
  readonly onWarning: (message: string) => void;
}

export interface Hooked {
  /** To be used by what runs between the hooks: its journal keeps those that are due. */
  readonly deps: Deps;
  /** Throws HOOK_FAILED. */
  begin(): Promise<void>;
  freeze(): Promise<void>;
  /** To be called at the end of the work; where that throws, it is done for it. Gives back warnings. */
  post(status: HookStatus, isUp: boolean): Promise<readonly string[]>;
}

/** Of the guard: in here only the end of the run is watched for, silence is no sign of anything. */
const patienceSeconds = 30 * 24 * 3600;

/** HOOK_FAILED where a program must not be run; nothing is run. */
export async function checkHooks(plan: HookPlan, { hooks }: Pick<Deps, "hooks">): Promise<void> {
  for (const hook of hooksOf(plan)) if (!isLabelHook(hook)) await hooks.check(hook.argv);
}

/**
 * Work with its hooks around it. Those afterwards run however it ends, and in the recovery when the
 * run dies: the journal holds them from before the first hook until the last one has run.
 */
export async function withHooks<T>(
  run: HookedRun,
  deps: Deps,
  context: Context,
  work: (hooked: Hooked) => Promise<T>,
): Promise<T> {
  const { plan, unit, backupId } = run;
  const watch = await watchOver(run, deps, context);
  const order = { facts: { unit, backupId }, runId: context.runId, limit: plan.limit };
  for (const message of plan.skipped) context.emit({ type: "log", unit, level: "info", message });
  const inTurn = async (hooks: readonly Hook[]) => {
    for (const hook of hooks) await runHook(hook, order, deps, context, context.signal);
  };
  let due = watch.due;
  let failed: readonly Hook[] = [];
  const post = async (status: HookStatus, isUp: boolean) => {
    const hooks = due;
    due = [];
    if (hooks.length === 0) return [];
    return step("post", unit, deps.clock, context, async () => {
      if (isUp && hooks.some(needsUnit)) await run.ready().catch(() => undefined);
      const outcome = await runPost(hooks, status, order, deps, context);
      failed = outcome.failed;
      return outcome.warnings;
    });
  };
  try {
    return await work({
      deps: { ...deps, journal: watch.journal },
      begin: () => inTurn(plan.begin),
      freeze: () => inTurn(plan.freeze),
      post,
    });
  } catch (error) {
    run.onFailure?.();
    const status = context.signal.aborted ? "cancelled" : "failed";
    const warnings = await post(status, !isErrorCode(error, "LEFT_DOWN"));
    for (const warning of warnings) run.onWarning(warning);
    throw error;
  } finally {
    await watch.end(failed);
  }
}

/** Journal and guard; nothing where no hook is due afterwards. */
async function watchOver(run: HookedRun, deps: Deps, context: Context) {
  const { unit, operation, plan, backupId } = run;
  const before = await deps.journal.read(unit);
  // What an earlier run could not do is still to be done.
  const due = [...(before?.hooks?.post ?? []), ...plan.post];
  if (due.length === 0) {
    return { journal: deps.journal, due, end: () => Promise.resolve() };
  }
  const hooks: JournaledHooks = { backupId, limit: plan.limit, post: due };
  const blank = journalEntry({ plan: nothingStopped(unit), operation }, deps, context);
  await deps.journal.write({ ...(before ?? blank), runId: context.runId, hooks });
  const guard = await deps.guard.arm(unit, patienceSeconds).catch(async (error: unknown) => {
    await (before === undefined ? deps.journal.close(unit) : deps.journal.write(before));
    throw error;
  });
  return {
    journal: journalWithHooks(deps.journal, blank, hooks),
    due,
    /** Where the unit is left down, what failed is tried again when it is put right. */
    async end(failed: readonly Hook[]) {
      try {
        const entry = await deps.journal.read(unit);
        if (entry === undefined) return;
        const still = withHooksLeft(entry, failed);
        await (isBlank(entry) ? deps.journal.close(unit) : deps.journal.write(still));
      } finally {
        await guard.dismiss();
      }
    },
  };
}
