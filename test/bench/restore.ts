import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { timed } from "./command.ts";
import { requireSameTree } from "./equal.ts";
import { flushed, freeSpace, levelGround } from "./fairness.ts";
import type { CopySet } from "./plan.ts";
import { rawRestore } from "./raw.ts";
import type { Outcome } from "./row.ts";
import type { Subject } from "./subject.ts";
import { byRaw, ratioRow } from "./wall.ts";

/** The newest point into a directory, against unpacking the very same archive by hand. */
export async function benchRestore(set: CopySet, subject: Subject): Promise<Outcome> {
  const { name, title } = set;
  const { scratch, source, stack } = subject;
  const archive = await subject.newestArchive();
  const raw: number[] = [];
  const rawFlushed: number[] = [];
  const ours: number[] = [];
  const trees: string[] = [];
  for (let turn = 0; turn < set.pairs; turn += 1) {
    const byHand = join(scratch, `by-hand-${turn}`);
    const restored = join(scratch, `restored-${turn}`);
    trees.push(byHand, restored);
    await mkdir(byHand);
    await levelGround(archive);
    const { ms } = await timed(rawRestore(archive, byHand));
    raw.push(ms);
    rawFlushed.push(ms + (await flushed(scratch)));
    if (turn === 0) await requireSameTree(source, byHand);
    await levelGround(archive);
    ours.push(
      (await subject.stackhold(["restore", stack.name, "--to", `directory:${restored}`])).ms,
    );
    if (turn === 0) await requireSameTree(source, await volumeIn(restored));
  }
  await freeSpace(...trees);
  return {
    rows: [
      ratioRow(`restore-${name}`, `restore of ${title} to a directory`, { raw, ours }, byRaw),
      ratioRow(`restore-${name}-flushed`, `restore of ${title}, raw with its \`sync\``, {
        raw: rawFlushed,
        ours,
      }),
    ],
    samples: {
      [`restore-${name}-raw`]: raw,
      [`restore-${name}-raw-flushed`]: rawFlushed,
      [`restore-${name}`]: ours,
    },
  };
}

async function volumeIn(directory: string): Promise<string> {
  const name = (await readdir(directory)).find((entry) => entry.startsWith("volume-"));
  if (name === undefined) throw new Error(`${directory} has no volume`);
  return join(directory, name);
}
