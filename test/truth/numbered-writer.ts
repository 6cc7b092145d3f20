import { setTimeout as delay } from "node:timers/promises";

/** A connection to a server that stores numbers. */
export interface Session {
  /** Resolves when the server has acknowledged the number; rejects when it is not known whether it did. */
  store(number: number): Promise<void>;
  close(): void;
}

/** Milliseconds since the epoch, by the clock that Stackhold reads too. */
export interface Act {
  readonly number: number;
  readonly beganAt: number;
  readonly acknowledgedAt?: number;
}

export interface Writer {
  readonly acts: readonly Act[];
  /** Resolves when so many more have been acknowledged. */
  acknowledged(more: number): Promise<void>;
  /** Ends after the act under way. */
  stop(): Promise<void>;
}

/** Stores 1, 2, 3, … each after the other's answer; connects again whenever it is cut off. */
export function startWriter(connect: () => Promise<Session>): Writer {
  const acts: Act[] = [];
  let isOver = false;
  let confirmed = 0;
  const write = async () => {
    for (let number = 1; !isOver; ) {
      const session = await connect().catch(() => undefined);
      if (session === undefined) {
        await delay(20);
        continue;
      }
      try {
        for (; !isOver; number += 1) {
          const beganAt = Date.now();
          acts.push({ number, beganAt });
          await session.store(number);
          acts[acts.length - 1] = { number, beganAt, acknowledgedAt: Date.now() };
          confirmed += 1;
        }
      } catch {
        number += 1;
      } finally {
        session.close();
      }
    }
  };
  const done = write();
  return {
    acts,
    acknowledged: async (more) => {
      const goal = confirmed + more;
      while (confirmed < goal) await delay(10);
    },
    stop: () => {
      isOver = true;
      return done;
    },
  };
}

export interface Verdict {
  /** Acknowledged before the freeze and not there. */
  readonly lost: readonly number[];
  /** There although they began after the freeze. */
  readonly added: readonly number[];
  /** How many had been acknowledged before the freeze, and how many began after it. */
  readonly before: number;
  readonly after: number;
}

/** What a copy holds, measured against what its clients were told. */
export function judge(acts: readonly Act[], frozenAt: number, copy: ReadonlySet<number>): Verdict {
  const before = acts.filter(({ acknowledgedAt = Infinity }) => acknowledgedAt <= frozenAt);
  const after = acts.filter(({ beganAt }) => beganAt > frozenAt + 1);
  return {
    lost: before.map(({ number }) => number).filter((number) => !copy.has(number)),
    added: after.map(({ number }) => number).filter((number) => copy.has(number)),
    before: before.length,
    after: after.length,
  };
}
