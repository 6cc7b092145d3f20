import { join } from "node:path";
import type { EngineAccess } from "../../bed/access.ts";
import { note } from "../../bed/print.ts";
import { shell, timed } from "../command.ts";
import { levelGround, removeTree } from "../fairness.ts";
import { benchBackupMemory } from "../memory-rows.ts";
import { allowanceMs, bytesOf, type DowntimeSet } from "../plan.ts";
import { rawBackup } from "../raw.ts";
import { joined, limits, type Outcome } from "../row.ts";
import { median } from "../statistics.ts";
import type { Subject } from "../subject.ts";
import { ratioRow } from "../wall.ts";
import { writeFiles } from "./change.ts";
import { type Downtime, type FreezeWay, inWords, type Quiesce, type Way } from "./facts.ts";
import { measureBackup, waysOf } from "./measure.ts";
import { bareOutages, downsOf, type Outage, wallsOf } from "./outage.ts";
import { type FileSystem, subjectOn } from "./places.ts";

const quiesces: readonly Quiesce[] = ["stop", "pause"];

/** Everything that was measured of one way to be down. */
interface Runs {
  readonly way: FreezeWay;
  readonly quiesce: Quiesce;
  readonly isChanged: boolean;
  readonly outages: Outage[];
}

/**
 * How long a stack is down, with nothing changed and with 50 MB changed, beside a bare stop and
 * start; and how long the backup takes, beside raw.
 */
export async function benchDowntime(
  set: DowntimeSet,
  fileSystem: FileSystem,
  engine: EngineAccess,
  leftovers: AsyncDisposableStack,
): Promise<Outcome> {
  note(`  writing ${set.title}`);
  await using subject = await subjectOn(fileSystem, set, engine, leftovers);
  const changing = join(subject.source, "changing");
  await writeFiles(changing);
  const ways = await waysOf(subject);
  const all: readonly Runs[] = ways.flatMap((way) =>
    quiesces.flatMap((quiesce) =>
      [false, true].map((isChanged) => ({ way, quiesce, isChanged, outages: [] })),
    ),
  );
  note("  bare stop and start");
  const bare = {
    stop: downsOf(await bareOutages(subject, "stop")),
    pause: downsOf(await bareOutages(subject, "pause")),
  };
  const raw: number[] = [];
  const cat: number[] = [];
  for (let turn = 0; turn < set.turns; turn += 1) {
    note(`  turn ${turn + 1} of ${set.turns}`);
    raw.push(await rawOnce(subject));
    for (const { way, quiesce, isChanged, outages } of all) {
      const change = isChanged ? { change: { kind: "files", path: changing } as const } : {};
      const isWarm = quiesce === "stop" && !isChanged;
      outages.push(await measureBackup(subject, { way, quiesce, ...change, isWarm }));
      if (isChanged) cat.push(await catOnce(changing));
    }
  }
  const memory = fileSystem === "ext4" ? [await benchBackupMemory(set, subject)] : [];
  const downtimes = told(set, fileSystem, { bare, cat, all });
  return joined([walls(set, fileSystem, raw, all), downtimes, ...memory]);
}

async function rawOnce({ source, scratch }: Subject): Promise<number> {
  const file = join(scratch, "raw.tar.zst");
  await levelGround(source);
  const { ms } = await timed(rawBackup(source, file));
  await removeTree(file);
  return ms;
}

async function catOnce(directory: string): Promise<number> {
  return (await timed(shell('cat -- "$1"/* >/dev/null', directory))).ms;
}

interface Seen {
  readonly bare: Readonly<Record<Quiesce, readonly number[]>>;
  readonly cat: readonly number[];
  readonly all: readonly Runs[];
}

function told(set: DowntimeSet, fileSystem: FileSystem, { bare, cat, all }: Seen): Outcome {
  const { name, title, tree } = set;
  const prefix = `down-${name}-${fileSystem}`;
  const common = { set: name, title, bytes: bytesOf(tree), fileSystem };
  const samples: Record<string, readonly number[]> = { [`${prefix}-cat`]: cat };
  const downtime = (quiesce: Quiesce, way: Way, isChanged: boolean, ms: readonly number[]) => {
    const id = [prefix, quiesce, way, ...(isChanged ? ["changed"] : [])].join("-");
    samples[id] = ms;
    return { ...common, id, quiesce, way, isChanged, ms: median(ms) };
  };
  const downtimes: Downtime[] = [
    ...quiesces.map((quiesce) => downtime(quiesce, "bare", false, bare[quiesce])),
    ...all.map(({ way, quiesce, isChanged, outages }) => {
      const allowed = way === "snapshot" ? allowanceMs : set.allowanceMs;
      const limitMs = median(bare[quiesce]) + allowed + (isChanged ? median(cat) : 0);
      return { ...downtime(quiesce, way, isChanged, downsOf(outages)), limitMs };
    }),
  ];
  return { rows: [], downtimes, samples };
}

/** Of backups with nothing changed that stop. */
function walls(
  { name, title }: DowntimeSet,
  fileSystem: FileSystem,
  raw: readonly number[],
  all: readonly Runs[],
): Outcome {
  const idle = all.filter(({ quiesce, isChanged }) => quiesce === "stop" && !isChanged);
  const id = `wall-${name}-${fileSystem}`;
  const promised = { ratio: limits.twoPhaseRatio, of: "raw" };
  const rows = idle.map(({ way, outages }) => {
    const what = `backup of ${title} on ${fileSystem} ${inWords[way]}`;
    return ratioRow(`${id}-${way}`, what, { raw, ours: wallsOf(outages) }, promised);
  });
  const ours = idle.map(({ way, outages }) => [`${id}-${way}`, wallsOf(outages)] as const);
  return { rows, samples: { [`${id}-raw`]: raw, ...Object.fromEntries(ours) } };
}
