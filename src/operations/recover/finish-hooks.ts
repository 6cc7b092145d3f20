import { needsUnit } from "../../domain/hooks.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import type { Context, Deps } from "../context.ts";
import { type PostOutcome, runPost } from "../hooks/run-post.ts";
import { inspectAll } from "../inspect-all.ts";
import type { StartOutcome } from "../outage/start-containers.ts";
import { waitHealthy } from "../outage/wait-healthy.ts";

/** Seconds, as `start_timeout` is where nobody sets it: a journal does not say. */
const startTimeout = 60;

async function awaitUse({ containers }: JournalEntry, outcome: StartOutcome, deps: Deps) {
  const started = containers.filter(({ name }) => outcome.started.includes(name));
  const members = await inspectAll(
    started.map(({ id }) => id),
    deps.engine,
  );
  const healthy = members.map((member) => ({ ...member, health: "healthy" as const }));
  await waitHealthy(healthy, { startTimeout, stayUp: 0 }, deps);
}

/** The hooks that the dead run left to do, once its unit was put right. */
export async function finishHooks(
  entry: JournalEntry,
  outcome: StartOutcome,
  deps: Deps,
  context: Context,
): Promise<PostOutcome> {
  const { unit, runId, hooks } = entry;
  if (hooks === undefined) return { warnings: [], failed: [] };
  if (outcome.failed.length === 0 && hooks.post.some(needsUnit)) {
    await awaitUse(entry, outcome, deps).catch(() => undefined);
  }
  const order = { facts: { unit, backupId: hooks.backupId }, runId, limit: hooks.limit };
  return runPost(hooks.post, "failed", order, deps, context);
}
