import { join } from "node:path";
import type { EngineAccess } from "../../bed/access.ts";
import { note } from "../../bed/print.ts";
import { shell } from "../command.ts";
import { levelGround, removeTree } from "../fairness.ts";
import { bytesOf, type PeerSet } from "../plan.ts";
import { rawBackup } from "../raw.ts";
import { limits, type Outcome } from "../row.ts";
import { median } from "../statistics.ts";
import { ratioRow } from "../wall.ts";
import type { Downtime } from "./facts.ts";
import { openKopiDocka } from "./kopi-docka-session.ts";
import { measureBackup } from "./measure.ts";
import { downsOf, type Outage, outageOf, wallsOf } from "./outage.ts";
import { subjectOn } from "./places.ts";

/** The best such a script can be: as fast a copy as raw, and the same metadata. */
const byScript = 'cd "$1" && docker compose down && (shift; exec "$@"); docker compose up -d';

/** The same stack backed up by what Stackhold replaces, and by Stackhold in two passes. */
export async function benchPeers(
  set: PeerSet,
  engine: EngineAccess,
  leftovers: AsyncDisposableStack,
): Promise<Outcome> {
  note(`  writing ${set.title}`);
  await using subject = await subjectOn("ext4", set, engine, leftovers);
  await using kopiDocka = await openKopiDocka(subject);
  const file = join(subject.scratch, "script.tar.zst");
  const script = shell(byScript, subject.stack.dir, ...rawBackup(subject.source, file));
  const byKopiDocka = async () => {
    await levelGround(subject.source);
    return await outageOf(subject, "stop", kopiDocka.backup, kopiDocka.env);
  };
  const seen: Seen = { script: [], first: [], again: [], ours: [] };
  for (let turn = 0; turn < set.turns; turn += 1) {
    note(`  turn ${turn + 1} of ${set.turns}`);
    await levelGround(subject.source);
    seen.script.push(await outageOf(subject, "stop", script));
    await removeTree(file);
    await kopiDocka.begin();
    seen.first.push(await byKopiDocka());
    seen.again.push(await byKopiDocka());
    const how = { way: "two-phase", quiesce: "stop", isWarm: true } as const;
    seen.ours.push(await measureBackup(subject, how));
  }
  return told(set, kopiDocka.version, seen);
}

interface Seen {
  readonly script: Outage[];
  /** Into an empty repository. */
  readonly first: Outage[];
  /** With nothing changed since. */
  readonly again: Outage[];
  readonly ours: Outage[];
}

function told(set: PeerSet, version: string, seen: Seen): Outcome {
  const { name, title, tree } = set;
  const promised = set.isPromised ? { ratio: limits.peerRatio, of: "theirs" } : undefined;
  const program = `kopi-docka ${version}`;
  const row = (id: string, theirs: string, raw: readonly Outage[], isJudged: boolean) =>
    ratioRow(
      `peer-${name}-${id}`,
      `downtime for ${title}, in two passes against ${theirs}`,
      { raw: downsOf(raw), ours: downsOf(seen.ours) },
      isJudged ? promised : undefined,
    );
  const downtime = (way: "script" | "kopi-docka", outages: readonly Outage[]): Downtime => ({
    id: `down-${name}-${way}`,
    ...{ set: name, title, bytes: bytesOf(tree), fileSystem: "ext4", quiesce: "stop", way },
    isChanged: false,
    ms: median(downsOf(outages)),
  });
  const samples = Object.entries(seen).flatMap(([who, outages]) => [
    [`peer-${name}-${who}-down`, downsOf(outages)],
    [`peer-${name}-${who}-wall`, wallsOf(outages)],
  ]);
  return {
    rows: [
      row("script", "a script", seen.script, true),
      row("kopi-docka", program, seen.first, true),
      row("kopi-docka-again", `${program} again`, seen.again, false),
    ],
    downtimes: [downtime("script", seen.script), downtime("kopi-docka", seen.first)],
    samples: Object.fromEntries(samples),
  };
}
