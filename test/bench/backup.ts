import { join } from "node:path";
import { timed } from "./command.ts";
import { requireSameEntries } from "./equal.ts";
import { flushed, levelGround, removeTree } from "./fairness.ts";
import type { CopySet } from "./plan.ts";
import { rawBackup } from "./raw.ts";
import type { Outcome } from "./row.ts";
import { nextSecond, type Subject } from "./subject.ts";
import { byRaw, ratioRow } from "./wall.ts";

/**
 * Raw, a first backup, a backup with an earlier point, and again. Nothing is stopped, so that all
 * three do the same work; the last point stays for the restore.
 */
export async function benchBackup(set: CopySet, subject: Subject): Promise<Outcome> {
  const { source, scratch } = subject;
  const file = join(scratch, "raw.tar.zst");
  const raw: number[] = [];
  const rawFlushed: number[] = [];
  const first: number[] = [];
  const later: number[] = [];
  const backup = async (): Promise<number> => {
    await levelGround(source);
    await nextSecond();
    return (await subject.stackhold(["backup", subject.stack.name, "--quiesce", "none"])).ms;
  };
  for (let turn = 0; turn < set.pairs; turn += 1) {
    await subject.forgetPoints();
    await levelGround(source);
    const { ms } = await timed(rawBackup(source, file));
    raw.push(ms);
    rawFlushed.push(ms + (await flushed(scratch)));
    first.push(await backup());
    if (turn === 0) await requireSameEntries(file, await subject.newestArchive());
    await removeTree(file);
    later.push(await backup());
  }
  const { name, title } = set;
  return {
    rows: [
      ratioRow(`backup-${name}`, `backup of ${title}`, { raw, ours: later }, byRaw),
      ratioRow(`first-backup-${name}`, `first backup of ${title}`, { raw, ours: first }, byRaw),
      ratioRow(`backup-${name}-flushed`, `backup of ${title}, raw with its \`sync\``, {
        raw: rawFlushed,
        ours: later,
      }),
    ],
    samples: {
      [`backup-${name}-raw`]: raw,
      [`backup-${name}-raw-flushed`]: rawFlushed,
      [`backup-${name}-first`]: first,
      [`backup-${name}-later`]: later,
    },
  };
}
