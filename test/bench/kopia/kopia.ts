import { join } from "node:path";
import type { EngineAccess } from "../../bed/access.ts";
import { note } from "../../bed/print.ts";
import { writeFiles } from "../downtime/change.ts";
import { openKopiDocka } from "../downtime/kopi-docka-session.ts";
import { bareOutages, downsOf, outageOf, wallsOf } from "../downtime/outage.ts";
import { subjectOn } from "../downtime/places.ts";
import { levelGround, removeTree } from "../fairness.ts";
import { bytesOf, type KopiaSet, spaceOf } from "../plan.ts";
import { limits, type Outcome, type Row } from "../row.ts";
import { median } from "../statistics.ts";
import type { Subject } from "../subject.ts";
import { type Promised, ratioRow } from "../wall.ts";
import { openOwnKopia } from "./own-kopia.ts";
import { openRawKopia } from "./raw-kopia.ts";

const throttle = 20_000_000;

/**
 * Backups into a Kopia repository against Kopia by hand, in turns: the first one, one with nothing changed, one
 * with 50 MB changed; then the outage against kopi-docka's, and with a slow storage.
 */
export async function benchKopia(
  set: KopiaSet,
  engine: EngineAccess,
  leftovers: AsyncDisposableStack,
): Promise<Outcome> {
  note(`  writing ${set.title}`);
  await using subject = await subjectOn("ext4", set, engine, leftovers);
  const raw = await openRawKopia(subject);
  const own = await openOwnKopia(subject, raw.path);
  const bare = median(downsOf(await bareOutages(subject, "stop")));
  const seen = { first: turns(), again: turns(), changed: turns() };
  const turn = async (into: Turns, before: () => Promise<void>) => {
    await before();
    await levelGround(subject.source);
    into.raw.push(await raw.snapshot());
    await before();
    await levelGround(subject.source);
    const { wallMs, downMs } = await own.backup();
    into.ours.push(wallMs - bare);
    into.downs.push(downMs);
  };
  const nothing = async () => {};
  const change = () => writeFiles(join(subject.source, "changing"));
  for (let count = 1; count <= set.turns; count += 1) {
    note(`  turn ${count} of ${set.turns}`);
    await raw.begin();
    await own.begin();
    await turn(seen.first, nothing);
    await turn(seen.again, nothing);
    await turn(seen.changed, change);
  }
  note("  kopi-docka, and a slow storage");
  const theirs = await kopiDockaOutage(subject);
  const slow = await openOwnKopia(subject, raw.path, { upload_bytes_per_second: throttle });
  await slow.begin();
  await levelGround(subject.source);
  const slowly = await slow.backup();
  await removeTree(join(subject.scratch, "own-kopia"));
  const { name, title } = set;
  const row = (id: string, what: string, { raw: by, ours }: Turns, promised: Promised) =>
    ratioRow(`kopia-${id}-${name}`, `${what} of ${title} into Kopia`, { raw: by, ours }, promised);
  const kopia = "raw kopia, beside stop and start";
  return {
    rows: [
      row("first", "first backup", seen.first, { ratio: limits.kopiaFirst, of: kopia }),
      row("again", "unchanged backup", seen.again, { ratio: limits.kopiaAgain, of: kopia }),
      row("changed", "backup with 50 MB changed", seen.changed, {
        ratio: limits.kopiaChanged,
        of: kopia,
      }),
      outageRow(`kopia-peer-${name}`, `downtime, first backup of ${title} into Kopia`, {
        ours: median(seen.first.downs),
        theirs,
      }),
      slowRow(`kopia-slow-${name}`, title, median(seen.first.downs), slowly.downMs),
    ],
    samples: {
      [`kopia-first-${name}-raw`]: seen.first.raw,
      [`kopia-first-${name}`]: seen.first.ours,
      [`kopia-again-${name}-raw`]: seen.again.raw,
      [`kopia-again-${name}`]: seen.again.ours,
      [`kopia-changed-${name}-raw`]: seen.changed.raw,
      [`kopia-changed-${name}`]: seen.changed.ours,
      [`kopia-down-${name}`]: [...seen.first.downs, ...seen.again.downs, ...seen.changed.downs],
      [`kopia-slow-${name}`]: wallsOf([slowly]),
    },
  };
}

interface Turns {
  readonly raw: number[];
  readonly ours: number[];
  readonly downs: number[];
}

const turns = (): Turns => ({ raw: [], ours: [], downs: [] });

async function kopiDockaOutage(subject: Subject): Promise<number> {
  await using session = await openKopiDocka(subject);
  await session.begin();
  await levelGround(subject.source);
  return (await outageOf(subject, "stop", session.backup, session.env)).downMs;
}

function outageRow(
  id: string,
  what: string,
  { ours, theirs }: { readonly ours: number; readonly theirs: number },
): Row {
  const promised = { ratio: limits.peerRatio, of: "kopi-docka" };
  return ratioRow(id, what, { raw: [theirs], ours: [ours] }, promised);
}

/** Nothing is promised of a ratio: the same, within what outages differ by anyway. */
function slowRow(id: string, title: string, fast: number, slow: number): Row {
  const what = `downtime, first backup of ${title} into Kopia at ${throttle / 1e6} MB/s`;
  return ratioRow(id, what, { raw: [fast], ours: [slow] });
}

/** The data, two repositories, and another tool's. */
export const kopiaSpace = (set: KopiaSet): number => spaceOf(set.tree) + 4 * bytesOf(set.tree);
