/** What one unit of a group knows of the others. A unit alone never waits. */
export interface Companion {
  /**
   * Waits until every unit that still takes part has come as far; rejects when cancelled. All pass
   * the same places in the same order.
   */
  arrive(signal: AbortSignal): Promise<void>;
  /** There are no others, and never were. */
  readonly isAlone: boolean;
  /** Takes part no longer: nobody waits for it. Idempotent. */
  leave(): void;
  /** Gives back a beat that tells every companion's guard that work goes on, not only this one's. */
  share(beat: () => void): () => void;
  /** Those that left until now; of interest right behind the last place, before anybody leaves. */
  absent(): readonly string[];
}

export function createCompanions(names: readonly string[]): Map<string, Companion> {
  const present = new Set(names);
  const gone = new Set<string>();
  const beats = new Map<string, () => void>();
  const waiting = new Map<string, () => void>();

  const passWhenAllAreHere = (): void => {
    if (waiting.size === 0 || [...present].some((name) => !waiting.has(name))) return;
    const all = [...waiting.values()];
    waiting.clear();
    for (const pass of all) pass();
  };

  const companion = (name: string): Companion => ({
    arrive: async (signal) => {
      signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const giveUp = () => {
        waiting.delete(name);
        reject(signal.reason);
      };
      signal.addEventListener("abort", giveUp, { once: true });
      waiting.set(name, resolve);
      passWhenAllAreHere();
      await promise.finally(() => signal.removeEventListener("abort", giveUp));
    },
    isAlone: names.length === 1,
    leave: () => {
      if (!present.delete(name)) return;
      gone.add(name);
      beats.delete(name);
      passWhenAllAreHere();
    },
    share: (beat) => {
      beats.set(name, beat);
      return () => {
        for (const each of beats.values()) each();
      };
    },
    absent: () => [...gone].filter((other) => other !== name),
  });
  return new Map(names.map((name) => [name, companion(name)]));
}
