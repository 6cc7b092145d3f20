import { mkdir } from "node:fs/promises";
import type { Hash } from "../../../domain/two-phase/known-entries.ts";
import { StackholdError } from "../../../errors.ts";
import type { Runner } from "../../../exec/runner.ts";
import type { Activity, Tree } from "../../../ports/capture.ts";
import type { TwoPhase } from "../../../ports/two-phase.ts";
import { createHash } from "../create-hash.ts";
import { systemError } from "../errno.ts";
import { type Held, holdPlanned } from "../hold.ts";
import { type FirstListing, takeFirstListing } from "./first-listing.ts";
import { type Copied, freeze } from "./freeze.ts";
import { createHotKnowledge } from "./hot-knowledge.ts";
import { hotPass } from "./hot-pass.ts";
import { keptPass } from "./kept-pass.ts";
import { type Pace, refresh } from "./refresh.ts";
import type { Learnt } from "./second-listing.ts";
import { createSpool, type Spool } from "./spool.ts";
import { createTasks } from "./tasks.ts";
import { type Prepared, prepareChanges, writeChanges } from "./write-changes.ts";

/** docs/decisions/0007-two-phase.md says what is done when, and why. */
export async function beginTwoPhase(
  runner: Runner,
  tree: Tree,
  options: { readonly spool: string; readonly pace: Pace },
  activity: Activity,
): Promise<TwoPhase> {
  const spool = createSpool(options.spool);
  let held: Held | undefined;
  try {
    await mkdir(options.spool, { recursive: true, mode: 0o700 });
    const hash = await createHash();
    held = await holdPlanned(tree);
    const { signal } = activity;
    const listing = { hash, ...(signal === undefined ? {} : { signal }) };
    const first = await takeFirstListing(runner, held, spool, listing);
    return createTwoPhase({ runner, spool, hash, pace: options.pace }, held, first);
  } catch (failure) {
    await held?.[Symbol.asyncDispose]();
    await spool.remove();
    throw systemError(failure, `cannot list ${tree.path}`);
  }
}

interface TwoPhaseDeps {
  readonly runner: Runner;
  readonly spool: Spool;
  readonly hash: Hash;
  readonly pace: Pace;
}

function createTwoPhase(deps: TwoPhaseDeps, held: Held, first: FirstListing): TwoPhase {
  const { runner, spool } = deps;
  const hot = createHotKnowledge(first.known, deps.hash);
  const stored = { held, first, hot };
  const tasks = createTasks();
  let passes = 0;
  let learnt: Learnt | undefined;
  let copied: Copied | undefined;
  let prepared: Promise<Prepared> | undefined;

  /** For all targets, so that the wish of one to be cancelled ends nothing but its own writing. */
  const prepareOnce = (signal: AbortSignal) => {
    if (copied === undefined) throw misused("its changes were asked for before the freeze");
    prepared ??= prepareChanges(runner, stored, copied, deps, signal);
    return prepared;
  };
  const nextPass = (): number => {
    if (copied !== undefined) throw misused("a hot pass was asked for after the freeze");
    learnt = undefined;
    passes += 1;
    return passes;
  };
  const what = `cannot store ${held.tree.path} in two passes`;
  return {
    measure: first.measure,
    store: (target, activity = {}) =>
      tasks.run(what, activity, (own) => {
        const index = spool.at(`index.${nextPass()}`);
        return hotPass(runner, held, first, index, target, hot, own);
      }),
    storeKept: (keeper, target, activity = {}) =>
      tasks.run(what, activity, (own) =>
        keptPass(deps, stored, keeper, target, `kept.${nextPass()}`, own),
      ),
    refresh: (activity = {}) =>
      tasks.run(what, activity, async (own) => {
        const found = await refresh(runner, stored, deps, own);
        learnt = found.learnt;
        return found.changed;
      }),
    freeze: (activity = {}) =>
      tasks.run(what, activity, async (own) => {
        copied = await freeze(stored, deps, learnt, own);
        return copied.frozen;
      }),
    prepare: (activity = {}) =>
      tasks.run(what, activity, async () => void (await prepareOnce(tasks.ending))),
    writeChanges: (target, activity = {}) =>
      tasks.run(what, activity, async (own) =>
        writeChanges(runner, await prepareOnce(tasks.ending), target, own),
      ),
    release: () =>
      tasks.end(async () => {
        await held[Symbol.asyncDispose]();
        await spool.remove();
      }),
  };
}

function misused(how: string): StackholdError {
  return new StackholdError("INTERNAL", `a capture in two passes was misused: ${how}`);
}
