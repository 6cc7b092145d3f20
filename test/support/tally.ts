/** Counts blows by the step they hit, and keeps the longest recovery. */
export interface Tally {
  /** True for the first one in a step. */
  add(step: string, recoveryMs: number): boolean;
  steps(): string[];
  /** Into the test's output: which moments were met is worth knowing. */
  print(): void;
}

export function tally(title: string): Tally {
  const counts = new Map<string, number>();
  let longest = 0;
  return {
    add(step, recoveryMs) {
      longest = Math.max(longest, recoveryMs);
      counts.set(step, (counts.get(step) ?? 0) + 1);
      return counts.get(step) === 1;
    },
    steps: () => [...counts.keys()],
    print() {
      const each = [...counts].map(([step, count]) => `${step} ${count}`).join(", ");
      process.stdout.write(`${title}: ${each}; longest recovery ${Math.round(longest)} ms\n`);
    },
  };
}
