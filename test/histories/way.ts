import type { Capture } from "../../src/ports/capture.ts";
import type { TwoPhase } from "../../src/ports/two-phase.ts";
import type { TreeSize } from "./hand.ts";
import type { Earlier, History } from "./history.ts";
import type { Site } from "./site.ts";

/** A program that can be made to stand still in the middle of a hot pass, at the gate that the hand serves. */
export interface Holding {
  /** The next pass waits at the gate each time that so many per cent of a tree are stored. */
  arm(size: TreeSize, step: number): Promise<void>;
  disarm(): Promise<void>;
}

/** One place that a capture in two passes is stored in. */
export interface Place {
  /** The hot pass. */
  store(): Promise<void>;
  /** After the freeze: everything else, and all of it into an existing empty directory. */
  restore(directory: string): Promise<void>;
}

/** How points are kept. */
export interface Way extends AsyncDisposable {
  readonly capture: Pick<Capture, "twoPhase">;
  readonly holding: Holding;
  places(history: History, site: Site, twoPhase: TwoPhase): Promise<readonly Place[]>;
  /** A point before the history, stored hot; the rest of it once the tree is frozen. */
  earlier(site: Site, twoPhase: TwoPhase, fate: Earlier["fate"]): Promise<() => Promise<void>>;
}

/** Given the directory of the gate, and one for what it keeps for itself. */
export type OpenWay = (gate: string, own: string) => Promise<Way>;
