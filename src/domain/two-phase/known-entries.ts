import { HashTable } from "./hash-table.ts";

/** Seeded at random for each run, so that nobody can make two names collide. */
export type Hash = (text: string) => bigint;

/** What stands for facts that nothing equals. */
const spoilt = 0n;

/**
 * What the first listing said of each name, as two hashes. An entry whose facts are still the same
 * need not be copied again, unless it was spoilt: the hot pass does not hold it as it was listed.
 */
export class KnownEntries {
  readonly #table = new HashTable();
  readonly #hash: Hash;

  constructor(hash: Hash) {
    this.#hash = hash;
  }

  /** A name that is listed twice with different facts, because it moved, is spoilt. */
  add(name: string, facts: string): void {
    const key = this.#hash(name);
    const before = this.#table.get(key);
    const now = this.#factsOf(facts);
    this.#table.set(key, before === undefined || before === now ? now : spoilt);
  }

  spoil(name: string): void {
    this.#table.set(this.#hash(name), spoilt);
  }

  isSame(name: string, facts: string): boolean {
    return this.#table.get(this.#hash(name)) === this.#factsOf(facts);
  }

  #factsOf(facts: string): bigint {
    const hash = this.#hash(facts);
    return hash === spoilt ? 1n : hash;
  }
}
