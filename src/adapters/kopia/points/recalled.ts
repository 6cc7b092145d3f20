import type { CallOptions } from "../client.ts";

/** An answer of the storage's, and what was heard last. */
export interface Recalled<T> {
  /** Asks. */
  fresh(options?: CallOptions): Promise<T>;
  /** What was heard last, or is being asked; asks where that is nothing. */
  recent(): Promise<T>;
  forget(): void;
}

/** A failure is not remembered. */
export function recalled<T>(ask: (options?: CallOptions) => Promise<T>): Recalled<T> {
  let last: Promise<T> | undefined;
  const fresh = (options?: CallOptions): Promise<T> => {
    const mine = ask(options);
    last = mine;
    mine.catch(() => {
      if (last === mine) last = undefined;
    });
    return mine;
  };
  return {
    fresh,
    recent: () => last ?? fresh(),
    forget: () => {
      last = undefined;
    },
  };
}
