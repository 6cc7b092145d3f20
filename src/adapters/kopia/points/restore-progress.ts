const powers: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  PB: 1e15,
};

/** The arguments with which `kopia restore` says how far it is, rarely enough to cost nothing. */
export const restoreProgress: readonly string[] = ["--progress", "--progress-update-interval=1s"];

/** How many bytes are restored, of a line that says it (kopia 0.22: cli/cli_progress.go). */
export function restoredBytes(line: string): number | undefined {
  const [, number, unit] = /^Processed \d+ \((\d+(?:\.\d+)?) ([KMGTP]?B)\) of /.exec(line) ?? [];
  const power = powers[unit ?? ""];
  return power === undefined ? undefined : Math.round(Number(number) * power);
}
