import { momentOf, watchEngine } from "../../support/engine-events.ts";
import { shell, timed } from "../command.ts";
import { levelGround } from "../fairness.ts";
import type { Subject } from "../subject.ts";
import type { Quiesce } from "./facts.ts";

/** From the first request to stop, or the pause, to the last start, as the engine tells it. */
export interface Outage {
  readonly downMs: number;
  readonly wallMs: number;
}

const acts = {
  stop: { line: 'docker stop "$1" && docker start "$1"', first: "kill", last: "start" },
  pause: { line: 'docker pause "$1" && docker unpause "$1"', first: "pause", last: "unpause" },
} as const;

const bareRuns = 5;

/** Nothing but stop and start. */
export async function bareOutages(subject: Subject, quiesce: Quiesce): Promise<Outage[]> {
  const outages: Outage[] = [];
  for (let run = 0; run < bareRuns; run += 1) {
    await levelGround();
    outages.push(await outageOf(subject, quiesce, shell(acts[quiesce].line, subject.container)));
  }
  return outages;
}

/** Of a command that takes the stack down once. */
export async function outageOf(
  subject: Subject,
  quiesce: Quiesce,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = subject.env,
): Promise<Outage> {
  const { first, last } = acts[quiesce];
  const watch = watchEngine(subject);
  const { ms: wallMs } = await timed(argv, { env });
  const events = await watch.happened(subject.container);
  const { container } = subject;
  return { wallMs, downMs: momentOf(events, container, last) - momentOf(events, container, first) };
}

export const downsOf = (outages: readonly Outage[]) => outages.map(({ downMs }) => downMs);
export const wallsOf = (outages: readonly Outage[]) => outages.map(({ wallMs }) => wallMs);
