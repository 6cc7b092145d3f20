import { join } from "node:path";
import { freeSpace } from "./fairness.ts";
import { type Peak, watchMemory } from "./memory.ts";
import type { DataSet } from "./plan.ts";
import { joined, limits, megabytes, type Outcome, verdict } from "./row.ts";
import { nextSecond, type Subject } from "./subject.ts";

/** Runs of their own, for looking costs time; the backup stops the stack, so that it has a guard. */
export async function benchMemories(set: DataSet, subject: Subject): Promise<Outcome> {
  const restored = join(subject.scratch, "restored-for-memory");
  const backup = await benchBackupMemory(set, subject);
  const to = ["--to", `directory:${restored}`];
  const peak = await peakOf(subject, ["restore", subject.stack.name, ...to]);
  await freeSpace(restored);
  return joined([backup, outcome("restore", set, peak)]);
}

export async function benchBackupMemory(set: DataSet, subject: Subject): Promise<Outcome> {
  await nextSecond();
  const peak = await peakOf(subject, ["backup", subject.stack.name, "--freeze", "two-phase"]);
  return outcome("backup", set, peak);
}

async function peakOf(subject: Subject, args: readonly string[]): Promise<Peak> {
  const watches: { end(): Peak }[] = [];
  await subject.stackhold(args, { onStart: (pid) => watches.push(watchMemory(pid)) });
  const peak = watches[0]?.end();
  if (peak === undefined || peak.ownRss === 0) throw new Error("no memory of the program was seen");
  return peak;
}

function outcome(act: string, { name, title }: DataSet, peak: Peak): Outcome {
  const { ownRss, ownPss, toolsPss } = peak;
  const id = `memory-${act}-${name}`;
  return {
    rows: [
      {
        id,
        what: `resident memory, ${act} of ${title}`,
        target: `≤ ${megabytes(limits.memoryBytes)}`,
        baseline: `tools ${megabytes(toolsPss)}`,
        measured: megabytes(ownRss),
        verdict: verdict(ownRss, limits.memoryBytes),
      },
    ],
    samples: {
      [`${id}-own-rss`]: [ownRss],
      [`${id}-own-pss`]: [ownPss],
      [`${id}-tools-pss`]: [toolsPss],
    },
  };
}
