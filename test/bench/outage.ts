import { join } from "node:path";
import { momentOf, watchEngine } from "../support/engine-events.ts";
import { shell, timed } from "./command.ts";
import { levelGround, removeTree } from "./fairness.ts";
import type { DataSet } from "./plan.ts";
import { rawBackup } from "./raw.ts";
import { type Outcome, seconds } from "./row.ts";
import { median } from "./statistics.ts";
import { nextSecond, type Subject } from "./subject.ts";
import { besideRow } from "./wall.ts";

const bareRuns = 5;
const bare = 'docker stop "$1" && docker start "$1"';
/** The best such a script can be: as fast a copy as raw, and the same metadata. */
const byScript = 'cd "$1" && docker compose down && (shift; exec "$@"); docker compose up -d';

/** From the first request to stop to the last start, as the engine tells it. */
interface Down {
  readonly downMs: number;
  readonly wallMs: number;
}

/** How long the stack is down: by Stackhold, by the script it replaces, and with nothing to copy. */
export async function benchOutage(
  set: DataSet,
  subject: Subject,
  undisturbedMs: number,
): Promise<Outcome> {
  const { name, title } = set;
  const backup = (freeze: string) => subject.argv("backup", subject.stack.name, "--freeze", freeze);
  const file = join(subject.scratch, "script.tar.zst");
  const script = shell(byScript, subject.stack.dir, ...rawBackup(subject.source, file));
  const idle: Down[] = [];
  const scripted: Down[] = [];
  const atRest: Down[] = [];
  const twoPhase: Down[] = [];
  for (let turn = 0; turn < bareRuns; turn += 1) {
    await levelGround();
    idle.push(await downDuring(subject, shell(bare, subject.container)));
  }
  for (let turn = 0; turn < set.outages; turn += 1) {
    await levelGround(subject.source);
    scripted.push(await downDuring(subject, script));
    await removeTree(file);
    for (const [freeze, downs] of [
      ["none", atRest],
      ["two-phase", twoPhase],
    ] as const) {
      await levelGround(subject.source);
      await nextSecond();
      downs.push(await downDuring(subject, backup(freeze)));
    }
  }
  const bareMs = median(idle.map(({ downMs }) => downMs));
  const stopping = median(atRest.map(({ wallMs }) => wallMs)) - undisturbedMs;
  const downs = (runs: readonly Down[]) => runs.map(({ downMs }) => downMs);
  const walls = (runs: readonly Down[]) => runs.map(({ wallMs }) => wallMs);
  const times = {
    [`bare-${name}-down`]: downs(idle),
    [`script-${name}-down`]: downs(scripted),
    [`script-${name}-wall`]: walls(scripted),
    [`stop-${name}-down`]: downs(atRest),
    [`stop-${name}-wall`]: walls(atRest),
    [`two-phase-${name}-down`]: downs(twoPhase),
    [`two-phase-${name}-wall`]: walls(twoPhase),
  };
  return {
    rows: [
      besideRow(`downtime-${name}`, `downtime for ${title}, in two passes against a script`, {
        raw: downs(scripted),
        ours: downs(twoPhase),
      }),
      besideRow(
        `downtime-rest-${name}`,
        `downtime for ${title}, \`freeze: none\` against a script`,
        {
          raw: downs(scripted),
          ours: downs(atRest),
        },
      ),
      {
        id: `two-phase-${name}`,
        what: `downtime for ${title}, in two passes, nothing changed`,
        target: "",
        baseline: `${seconds(bareMs)} bare stop + start`,
        measured: seconds(median(downs(twoPhase))),
        verdict: "",
      },
      besideRow(
        `two-phase-wall-${name}`,
        `backup of ${title} in two passes, wall against a script`,
        {
          raw: walls(scripted),
          ours: walls(twoPhase),
        },
      ),
      {
        id: `stopping-${name}`,
        what: `what stopping adds to the backup of ${title}`,
        target: "",
        baseline: `${seconds(bareMs)} bare stop + start`,
        measured: seconds(stopping),
        verdict: "",
      },
    ],
    samples: times,
  };
}

async function downDuring(subject: Subject, argv: readonly string[]): Promise<Down> {
  const watch = watchEngine(subject);
  const { ms: wallMs } = await timed(argv, { env: subject.env });
  const events = await watch.happened(subject.container);
  const downMs =
    momentOf(events, subject.container, "start") - momentOf(events, subject.container, "kill");
  return { wallMs, downMs };
}
