import type { EngineAccess } from "../bed/access.ts";
import { note } from "../bed/print.ts";
import { benchBackup } from "./backup.ts";
import { freeSpace } from "./fairness.ts";
import { benchGet } from "./get.ts";
import { benchMemories } from "./memory-rows.ts";
import { type CopySet, spaceOf } from "./plan.ts";
import { benchRestore } from "./restore.ts";
import { joined, type Outcome } from "./row.ts";
import { createSubject } from "./subject.ts";

/** Backup and restore of one amount of data, against tar and zstd. */
export async function benchCopy(
  set: CopySet,
  engine: EngineAccess,
  leftovers: AsyncDisposableStack,
): Promise<Outcome> {
  note(`  writing ${set.title}`);
  const subject = leftovers.use(await createSubject(engine, set.tree));
  note("  backup");
  const backup = await benchBackup(set, subject);
  note("  restore");
  const restore = await benchRestore(set, subject);
  note("  one file");
  const get = await benchGet(set, subject);
  note("  memory");
  const memory = await benchMemories(set, subject);
  await freeSpace(subject.source, subject.workspace.root);
  return joined([backup, restore, get, memory]);
}

/** The data, three archives of it, and two restored copies a turn lie on the disk at the same time. */
export const copySpace = ({ tree, pairs }: CopySet): number => spaceOf(tree) * (3 + 2 * pairs);
