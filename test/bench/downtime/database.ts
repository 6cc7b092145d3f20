import { join } from "node:path";
import type { EngineAccess } from "../../bed/access.ts";
import { note } from "../../bed/print.ts";
import { shell, timed } from "../command.ts";
import { levelGround, removeTree } from "../fairness.ts";
import type { DowntimeSet } from "../plan.ts";
import { rawBackup } from "../raw.ts";
import { type Outcome, type Row, seconds, verdict } from "../row.ts";
import { median } from "../statistics.ts";
import type { Subject } from "../subject.ts";
import { type FreezeWay, inWords } from "./facts.ts";
import { measureBackup, waysOf } from "./measure.ts";
import { downsOf, type Outage } from "./outage.ts";
import { type FileSystem, subjectOn } from "./places.ts";

/** One large file of which one page in a hundred changes before the stop. */
export async function benchDatabase(
  set: DowntimeSet,
  fileSystem: FileSystem,
  engine: EngineAccess,
  leftovers: AsyncDisposableStack,
): Promise<Outcome> {
  note(`  writing ${set.title}`);
  await using subject = await subjectOn(fileSystem, set, engine, leftovers);
  const change = { kind: "pages", path: join(subject.source, "large-0.bin") } as const;
  const ways = await waysOf(subject);
  const outages = new Map<FreezeWay, Outage[]>(ways.map((way) => [way, []]));
  const compressed: number[] = [];
  const copied: number[] = [];
  for (let turn = 0; turn < set.turns; turn += 1) {
    note(`  turn ${turn + 1} of ${set.turns}`);
    compressed.push(await written(subject, (file) => rawBackup(subject.source, file)));
    copied.push(await written(subject, (file) => shell('cat "$1" >"$2"', change.path, file)));
    for (const [way, seen] of outages) {
      seen.push(await measureBackup(subject, { way, quiesce: "stop", change, isWarm: false }));
    }
  }
  const id = `database-${fileSystem}`;
  const row = (way: FreezeWay, downs: readonly number[]): Row => ({
    id: `${id}-${way}`,
    what: `downtime, 1 % of a database file of ${set.title} changed, ${fileSystem}, ${inWords[way]}`,
    target: "< compressing it",
    baseline: `${seconds(median(compressed))}; a copy ${seconds(median(copied))}`,
    measured: seconds(median(downs)),
    verdict: verdict(median(downs), median(compressed)),
  });
  const downs = [...outages].map(([way, seen]) => [way, downsOf(seen)] as const);
  return {
    rows: downs.map(([way, ms]) => row(way, ms)),
    samples: {
      [`${id}-raw`]: compressed,
      [`${id}-copy`]: copied,
      ...Object.fromEntries(downs.map(([way, ms]) => [`${id}-${way}`, ms])),
    },
  };
}

/** How long a command takes that writes one file, which is removed. */
async function written(
  { source, scratch }: Subject,
  argv: (file: string) => readonly string[],
): Promise<number> {
  const file = join(scratch, "written");
  await levelGround(source);
  const { ms } = await timed(argv(file));
  await removeTree(file);
  return ms;
}
