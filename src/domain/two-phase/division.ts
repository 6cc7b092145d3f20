interface Subtree {
  readonly name: string;
  /** Entries, its own included. */
  readonly entries: number;
}

interface Open {
  readonly name: string;
  readonly begin: number;
}

export interface Portions {
  /** How many are wanted. */
  readonly count: number;
  /** What has fewer entries is not worth a portion's trouble. */
  readonly least: number;
}

/** Each directory test of a listing costs some 25 ns, so that this many take 25 ms. */
const mostTests = 1_000_000;
/** Names on one command line. */
const mostNames = 500;

/** Learns from a listing in find's order where most of a tree lies, to list it in equal portions. */
export class Division {
  readonly #least: number;
  readonly #open: Open[] = [];
  readonly #subtrees: Subtree[] = [];
  #entries = 0;
  #directories = 0;

  constructor(least: number) {
    this.#least = least;
  }

  add(name: string, isDirectory: boolean): void {
    this.#leave(name);
    if (isDirectory) {
      this.#open.push({ name, begin: this.#entries });
      this.#directories += 1;
    }
    this.#entries += 1;
  }

  /**
   * For every portion but the first, which is the rest, its directories: none lies within another.
   * Fewer portions, or none, where the tree does not fall into such.
   */
  portions({ count, least }: Portions): string[][] {
    this.#leave(undefined);
    const share = this.#entries / count;
    if (share < least) return [];
    const portions = Array.from({ length: count - 1 }, () => ({ names: [] as string[], size: 0 }));
    const mostTaken = Math.min(mostNames, Math.floor(mostTests / this.#directories));
    const taken: string[] = [];
    for (const { name, entries } of this.#subtrees.sort((one, two) => two.entries - one.entries)) {
      if (taken.length >= mostTaken) break;
      if (name === "." || !isPlain(name) || taken.some((other) => isRelated(name, other))) continue;
      const portion = portions.find(({ size }) => size + entries <= share);
      if (portion === undefined) continue;
      portion.names.push(name);
      portion.size += entries;
      taken.push(name);
    }
    return portions.map(({ names }) => names).filter((names) => names.length > 0);
  }

  #leave(next: string | undefined): void {
    for (let last = this.#open.at(-1); last !== undefined; last = this.#open.at(-1)) {
      if (next?.startsWith(`${last.name}/`) === true) return;
      const entries = this.#entries - last.begin;
      if (entries >= this.#least) this.#subtrees.push({ name: last.name, entries });
      this.#open.pop();
    }
  }
}

/** Can be an argument as it is, and is quoted in messages without escapes. */
function isPlain(name: string): boolean {
  return /^[\x20-\x7e]+$/.test(name) && !/['\\]/.test(name);
}

function isRelated(one: string, other: string): boolean {
  return one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
