import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import fc from "fast-check";
import type { Field, FileSystem } from "./file-systems.ts";
import { type Hand, startHand } from "./hand.ts";
import { type History, showHistory } from "./history.ts";
import type { Keeping } from "./keepings.ts";
import { prepareTrees } from "./old-trees.ts";
import { type Bench, type Outcome, runEarlier, runHistory } from "./run-history.ts";
import type { Site } from "./site.ts";

export interface Check {
  readonly kind: FileSystem;
  readonly count: number;
  readonly seed: number;
  /** Of a counterexample, as it was reported. */
  readonly path?: string;
  /** How long a counterexample may be made smaller. */
  readonly shrinkMs: number;
  readonly keeping: Keeping;
}

export interface Verdict {
  readonly histories: number;
  readonly entries: number;
  readonly copied: number;
  /** What to print: the counterexample, its seed and path, what differed. */
  readonly failure: string | undefined;
}

export async function checkHistories(check: Check, field: Field): Promise<Verdict> {
  const gate = join(field.outside, "gate");
  await mkdir(gate);
  await using hand = startHand(gate, { holdsWrites: !field.locksReaders });
  const { seed, count, keeping } = check;
  const { histories } = keeping;
  await using way = await keeping.open(gate, join(field.outside, "kept"));
  const bench: Bench = { hand, way };
  const coming = check.path === undefined ? fc.sample(histories, { seed, numRuns: count }) : [];
  const trees = prepareTrees(coming, field, hand, (earlier, site) =>
    runEarlier(earlier, site, bench),
  );
  const sum = { histories: 0, entries: 0, copied: 0 };
  let failed: { readonly at: number; readonly message: string } | undefined;
  const property = fc.asyncProperty(histories, async (history) => {
    if (failed !== undefined && performance.now() > failed.at + check.shrinkMs) return;
    const { site, log } = await trees.take(history);
    try {
      const outcome = await runHistory(history, site, bench);
      if (failed === undefined) {
        sum.histories += 1;
        sum.entries += outcome.entries;
        sum.copied += outcome.copied;
      }
      if (outcome.differences.length === 0) return;
      throw new Error(told([...log, ...outcome.log], outcome.differences));
    } catch (failure) {
      failed ??= { at: performance.now(), message: String(failure) };
      throw failure;
    } finally {
      await clear(site, hand);
    }
  });
  const path = check.path === undefined ? {} : { path: check.path };
  const numRuns = check.path === undefined ? count : 1;
  const details = await fc.check(property, { seed, numRuns, ...path });
  return { ...sum, failure: details.failed ? report(check, details, failed?.message) : undefined };
}

async function clear(site: Site, hand: Hand): Promise<void> {
  await hand.forget(site);
  await Promise.all(
    [dirname(site.root), site.unpacked, site.archives].map((path) =>
      rm(path, { recursive: true, force: true }),
    ),
  );
}

function told(log: Outcome["log"], differences: readonly string[]): string {
  const phases = log.flatMap(([phase, acts]) => [`  ${phase}`, ...acts.map((act) => `    ${act}`)]);
  return [
    "what happened:",
    ...phases,
    "tree at the freeze (-), restored (+):",
    ...differences,
  ].join("\n");
}

function report(
  { kind, seed, keeping }: Check,
  details: fc.RunDetails<[History]>,
  first: string | undefined,
): string {
  const [history] = details.counterexample ?? [];
  const error = details.errorInstance;
  const again = `--keeping ${keeping.name} --file-system ${kind} --seed ${seed} --path ${details.counterexamplePath}`;
  return [
    `${kind}: history ${details.numRuns} of seed ${seed} is not exact; made ${details.numShrinks} times smaller.`,
    `Again: npm run histories -- ${again}`,
    history === undefined ? "" : showHistory(history),
    error instanceof Error ? error.message : String(error),
    ...(first === undefined || details.numShrinks === 0 ? [] : ["", "At first", first]),
  ].join("\n");
}
