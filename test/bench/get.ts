import { join } from "node:path";
import { shell, timed } from "./command.ts";
import { levelGround } from "./fairness.ts";
import type { CopySet } from "./plan.ts";
import { limits, type Outcome } from "./row.ts";
import type { Subject } from "./subject.ts";
import { ratioRow } from "./wall.ts";

/** One small file from the end of the newest point's archive, against decompressing it to nowhere. */
export async function benchGet(set: CopySet, subject: Subject): Promise<Outcome> {
  const { name, title } = set;
  const archive = await subject.newestArchive();
  const last = shell('zstd -d -q -c "$1" | tar -tf - | grep -v "/$" | tail -n 1', archive);
  const path = (await timed(last)).stdout.trim().replace(/^\.\//, "");
  const get = ["files", "get", subject.stack.name, "volume:data", path, "-o"];
  const raw: number[] = [];
  const ours: number[] = [];
  for (let turn = 0; turn < set.pairs; turn += 1) {
    await levelGround(archive);
    raw.push((await timed(shell('zstd -d -q -c "$1" >/dev/null', archive))).ms);
    await levelGround(archive);
    ours.push((await subject.stackhold([...get, join(subject.scratch, `got-${turn}`)])).ms);
  }
  const what = `one file from a point of ${title}, the last of its archive`;
  const promise = { ratio: limits.getRatio, of: "decompressing" };
  return {
    rows: [ratioRow(`get-${name}`, what, { raw, ours }, promise)],
    samples: { [`get-${name}-raw`]: raw, [`get-${name}`]: ours },
  };
}
