import { join } from "node:path";
import { freeSpace } from "./fairness.ts";
import { type Peak, watchMemory } from "./memory.ts";
import type { DataSet } from "./plan.ts";
import { limits, megabytes, type Outcome, verdict } from "./row.ts";
import { nextSecond, type Subject } from "./subject.ts";

/** Runs of their own, for looking costs time; the backup stops the stack, so that it has a guard. */
export async function benchMemories({ name, title }: DataSet, subject: Subject): Promise<Outcome> {
  const unit = subject.stack.name;
  const restored = join(subject.scratch, "restored-for-memory");
  await nextSecond();
  const backup = await peakOf(subject, ["backup", unit]);
  const restore = await peakOf(subject, ["restore", unit, "--to", `directory:${restored}`]);
  await freeSpace(restored);
  return {
    rows: [memoryRow("backup", name, title, backup), memoryRow("restore", name, title, restore)],
    samples: { ...samples(`backup-${name}`, backup), ...samples(`restore-${name}`, restore) },
  };
}

async function peakOf(subject: Subject, args: readonly string[]): Promise<Peak> {
  const watches: { end(): Peak }[] = [];
  await subject.stackhold(args, (pid) => watches.push(watchMemory(pid)));
  const peak = watches[0]?.end();
  if (peak === undefined || peak.ownRss === 0) throw new Error("no memory of the program was seen");
  return peak;
}

function memoryRow(act: string, name: string, title: string, { ownRss, toolsPss }: Peak) {
  return {
    id: `memory-${act}-${name}`,
    what: `resident memory, ${act} of ${title}`,
    target: `≤ ${megabytes(limits.memoryBytes)}`,
    baseline: `tools ${megabytes(toolsPss)}`,
    measured: megabytes(ownRss),
    verdict: verdict(ownRss, limits.memoryBytes),
  };
}

function samples(name: string, { ownRss, ownPss, toolsPss }: Peak): Record<string, number[]> {
  return {
    [`memory-${name}-own-rss`]: [ownRss],
    [`memory-${name}-own-pss`]: [ownPss],
    [`memory-${name}-tools-pss`]: [toolsPss],
  };
}
