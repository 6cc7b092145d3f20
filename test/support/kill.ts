import type { Started } from "./stackhold.ts";

/** When to strike: a time after the run began its work, or within one of its steps. */
export interface Aim {
  readonly step?: string;
  readonly afterMs: number;
}

export interface Struck {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The step that the run was in; `-` between steps. */
  readonly step: string;
  readonly code: number | null;
  /** Whether the run ended before the blow. */
  readonly late: boolean;
}

interface Said {
  readonly type: string;
  readonly step?: string;
  readonly durationMs?: number;
  readonly ts: string;
}

/** The whole lines: the last one may have been cut. */
function said(stdout: string): Said[] {
  const lines = stdout.slice(0, stdout.lastIndexOf("\n") + 1).split("\n");
  return lines.filter(Boolean).map((line) => JSON.parse(line) as Said);
}

function stepAtEnd(stdout: string): string {
  const open: string[] = [];
  for (const { type, step } of said(stdout)) {
    if (type === "step.started") open.push(step ?? "");
    if (type === "step.finished") open.pop();
  }
  return open.at(-1) ?? "-";
}

/** Waits for the moment in a run with `--events`, then strikes. */
export async function strike(run: Started, aim: Aim, blow: () => void): Promise<Struck> {
  const from =
    aim.step === undefined
      ? /"type":"run.started"/
      : new RegExp(`"type":"step.started"[^\\n]*"step":"${aim.step}"`);
  await run.seen(from);
  await new Promise((resolve) => setTimeout(resolve, aim.afterMs));
  const at = Date.now();
  const late = run.process.exitCode !== null;
  blow();
  const { code, stdout } = await run.finished;
  return { at, step: stepAtEnd(stdout), code, late };
}

/** Strikes as a step begins; anew, from the start, when the blow fell after so short a step. */
export async function strikeWithin(
  step: string,
  begin: () => Promise<Started>,
  blow: (run: Started) => void,
): Promise<void> {
  for (let within = false; !within; ) {
    const run = await begin();
    within = (await strike(run, { step, afterMs: 0 }, () => blow(run))).step === step;
  }
}

export function strikeWith(run: Started, aim: Aim, signal: NodeJS.Signals): Promise<Struck> {
  return strike(run, aim, () => run.process.kill(signal));
}

/** How a run went that was left alone. */
export interface Course {
  /** From the beginning of its work to its end. */
  readonly wholeMs: number;
  readonly steps: readonly { readonly step: string; readonly ms: number }[];
}

export function courseOf(stdout: string): Course {
  const all = said(stdout);
  const time = (type: string) => Date.parse(all.find((event) => event.type === type)?.ts ?? "");
  return {
    wholeMs: time("run.finished") - time("run.started"),
    steps: all
      .filter(({ type }) => type === "step.finished")
      .map(({ step = "", durationMs = 0 }) => ({ step, ms: durationMs })),
  };
}

/**
 * Half of the moments are spread over the run's time, half of them over the steps named: each is
 * struck once as it begins, which no other course of the run can miss.
 */
export function spread(
  count: number,
  course: Course,
  named: readonly string[],
  random: () => number,
): Aim[] {
  const overTime = Math.ceil(count / 2);
  return Array.from({ length: count }, (_, index) => {
    if (index < overTime) return { afterMs: ((index + random()) / overTime) * course.wholeMs };
    const nth = index - overTime;
    const step = named[nth % named.length] ?? "";
    const ms = course.steps.find((one) => one.step === step)?.ms ?? 0;
    return { step, afterMs: nth < named.length ? 0 : random() * ms };
  });
}

/** The same numbers for the same seed: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `STACKHOLD_TEST_SEED` repeats the kills of another run of the tests. */
export function newSeed(): number {
  const given = process.env.STACKHOLD_TEST_SEED;
  return given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
}
