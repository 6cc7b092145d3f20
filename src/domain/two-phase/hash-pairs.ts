/** Pairs of 64-bit hashes, 16 bytes each. */
export class HashPairs {
  #pairs = new BigUint64Array(64);
  #length = 0;

  add(one: bigint, other: bigint): void {
    if (this.#length === this.#pairs.length) {
      const larger = new BigUint64Array(2 * this.#pairs.length);
      larger.set(this.#pairs);
      this.#pairs = larger;
    }
    this.#pairs[this.#length] = one;
    this.#pairs[this.#length + 1] = other;
    this.#length += 2;
  }

  *[Symbol.iterator](): Generator<readonly [bigint, bigint]> {
    for (let index = 0; index < this.#length; index += 2) {
      yield [this.#pairs[index] ?? 0n, this.#pairs[index + 1] ?? 0n];
    }
  }
}
