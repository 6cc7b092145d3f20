/** One act of a writer: `do` names a method of operations.py, the rest are its arguments. */
export interface Operation {
  readonly do: string;
  readonly [argument: string]: unknown;
}

/** Operations at one point of the hot pass. */
export interface Batch {
  /** The program that stores stands still meanwhile; otherwise it goes on at the same time. */
  readonly held: boolean;
  readonly do: readonly Operation[];
}

/** A point of the same tree, made long before. */
export interface Earlier {
  /** During its hot pass, as `History.during`. */
  readonly during: readonly Batch[];
  readonly step: number;
  /**
   * `published`; `discarded` after it was stored; `forgotten`: published, and what this host remembers of it
   * lost; `broken off` before its tree was frozen.
   */
  readonly fate: "published" | "discarded" | "forgotten" | "broken off";
  /** After it, and long before the next one. */
  readonly afterwards: readonly Operation[];
}

/** What happens to a tree around a capture in two passes. */
export interface History {
  /** Long before: makes the tree. */
  readonly old: readonly Operation[];
  readonly earlier: readonly Earlier[];
  /** Just before the capture begins. */
  readonly before: readonly Operation[];
  /** While it begins. */
  readonly beginning: readonly Operation[];
  /** Whether so much time goes by then that nothing that follows is racy. */
  readonly pauses: boolean;
  /** Between its first listing and the hot pass. */
  readonly listed: readonly Operation[];
  /** During the hot pass: a batch each time that another `step` per cent are stored. */
  readonly during: readonly Batch[];
  readonly step: number;
  /** After the hot pass. */
  readonly stored: readonly Operation[];
  /** Listed again, and then: */
  readonly refreshed: readonly Operation[] | null;
  /** In how many places the same capture is stored. */
  readonly targets: number;
  /** The first is restored by hand and the second by the adapter, or the other way round. */
  readonly byHand: boolean;
}

export function showHistory(history: History): string {
  const shown = (operations: readonly object[]) =>
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
