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
  const backup = ["backup", subject.stack.name, "--freeze", "none"];
  const file = join(subject.scratch, "script.tar.zst");
  const script = shell(byScript, subject.stack.dir, ...rawBackup(subject.source, file));
  const idle: Down[] = [];
  const scripted: Down[] = [];
  const ours: Down[] = [];
  for (let turn = 0; turn < bareRuns; turn += 1) {
    await levelGround();
    idle.push(await downDuring(subject, shell(bare, subject.container)));
  }
  for (let turn = 0; turn < set.outages; turn += 1) {
    await levelGround(subject.source);
    scripted.push(await downDuring(subject, script));
    await removeTree(file);
    await levelGround(subject.source);
    await nextSecond();
    ours.push(await downDuring(subject, subject.argv(...backup)));
  }
  const bareMs = median(idle.map(({ downMs }) => downMs));
  const stopping = median(ours.map(({ wallMs }) => wallMs)) - undisturbedMs;
  const times = {
    [`bare-${name}-down`]: idle.map(({ downMs }) => downMs),
    [`script-${name}-down`]: scripted.map(({ downMs }) => downMs),
    [`script-${name}-wall`]: scripted.map(({ wallMs }) => wallMs),
    [`stop-${name}-down`]: ours.map(({ downMs }) => downMs),
    [`stop-${name}-wall`]: ours.map(({ wallMs }) => wallMs),
  };
  return {
    rows: [
      besideRow(`downtime-${name}`, `downtime for ${title}, \`freeze: none\` against a script`, {
        raw: scripted.map(({ downMs }) => downMs),
        ours: ours.map(({ downMs }) => downMs),
      }),
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
