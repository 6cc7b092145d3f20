import type { Clock } from "../ports/clock.ts";
import { createCoalescer } from "./coalesce.ts";
import type { Emit, Event, Happening } from "./event.ts";
import { createScrubber, type Scrubber } from "./scrubber.ts";

/** Synchronous. What it throws concerns nobody else: neither the run nor the other sinks. */
export type Sink = (event: Event) => void;

export interface EventStream {
  readonly emit: Emit;
  registerSecret(value: string): void;
  /** Delivers progress that is held back. `run.finished` does so by itself. */
  flush(): void;
}

export interface EventStreamOptions {
  readonly clock: Clock;
  readonly runId: string;
  readonly sinks: readonly Sink[];
  /** Shared with what else prints, and filled before the run begins. */
  readonly scrubber?: Scrubber;
  /** Told once for each sink that throws. */
  readonly onSinkFailure?: (error: unknown) => void;
}

/**
 * The one stream of a run: numbers and stamps events, blanks secrets, thins out progress. State
 * changes are never dropped; nothing follows `run.finished`. A sink may emit: its event comes after
 * the one it is being told.
 */
export function createEventStream(options: EventStreamOptions): EventStream {
  const { clock, runId, sinks } = options;
  const scrubber = options.scrubber ?? createScrubber();
  const coalescer = createCoalescer();
  const broken = new Set<Sink>();
  const queue: Event[] = [];
  let seq = 0;
  let delivering = false;
  let finished = false;

  function tell(sink: Sink, event: Event): void {
    try {
      sink(event);
    } catch (error) {
      if (broken.has(sink)) return;
      broken.add(sink);
      options.onSinkFailure?.(error);
    }
  }

  function deliver(happenings: readonly Happening[]): void {
    for (const happening of happenings) {
      seq += 1;
      queue.push(stamp(happening, seq));
    }
    if (delivering) return;
    delivering = true;
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      for (const sink of sinks) tell(sink, event);
    }
    delivering = false;
  }

  function stamp(happening: Happening, number: number): Event {
    const ts = clock.now().toISOString();
    const head = { v: 1, seq: number, ts, type: happening.type, runId } as const;
    return { ...head, ...scrubber.scrub(happening), ...ourWords(happening) } as Event;
  }

  return {
    emit(happening) {
      if (finished) return;
      finished = happening.type === "run.finished";
      deliver(coalescer.pass(happening, clock.monotonic()));
    },
    registerSecret: (value) => scrubber.register(value),
    flush: () => deliver(coalescer.drain()),
  };
}

/** They stay even when somebody's password is one of them. */
const wordFields = ["type", "operation", "status", "step", "level"];

function ourWords(happening: Happening): object {
  return Object.fromEntries(Object.entries(happening).filter(([key]) => wordFields.includes(key)));
}
