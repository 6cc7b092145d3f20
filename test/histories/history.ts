/** One act of a writer: `do` names a method of operations.py, the rest are its arguments. */
export interface Operation {
  readonly do: string;
  readonly [argument: string]: unknown;
}

/** Operations at one point of the hot pass. */
export interface Batch {
  /** tar stands still meanwhile; otherwise it goes on at the same time. */
  readonly held: boolean;
  readonly do: readonly Operation[];
}

/** What happens to a tree around a capture in two passes. */
export interface History {
  /** Long before: makes the tree. */
  readonly old: readonly Operation[];
  /** Just before the capture begins. */
  readonly before: readonly Operation[];
  /** While it begins. */
  readonly beginning: readonly Operation[];
  /** Whether so much time goes by then that nothing that follows is racy. */
  readonly pauses: boolean;
  /** Between its first listing and the hot pass. */
  readonly listed: readonly Operation[];
  /** During the hot pass: a batch each time that tar has written another `step` per cent. */
  readonly during: readonly Batch[];
  readonly step: number;
  /** After the hot pass. */
  readonly stored: readonly Operation[];
  /** Listed again, and then: */
  readonly refreshed: readonly Operation[] | null;
  /** How many archives are written of the same capture. */
  readonly targets: number;
  /** The first is restored by hand and the second by the adapter, or the other way round. */
  readonly byHand: boolean;
}

export function showHistory(history: History): string {
  const shown = (operations: readonly Operation[]) =>
    operations.map((each) => `\n    ${JSON.stringify(each)}`).join("");
  return Object.entries(history)
    .filter(([, value]) => !Array.isArray(value) || value.length > 0)
    .map(([phase, value]) => {
      if (!Array.isArray(value)) return `  ${phase}: ${JSON.stringify(value)}`;
      return phase === "during"
        ? history.during.map((each) => `  during, held ${each.held}:${shown(each.do)}`).join("\n")
        : `  ${phase}:${shown(value)}`;
    })
    .join("\n");
}
