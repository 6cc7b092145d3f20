const smallest = 1 << 10;
/** Beyond this share of used slots it grows. */
const fullest = 0.75;

/**
 * 64-bit keys to 64-bit values in two typed arrays, open addressing with linear probing: 16 bytes a
 * slot, so that a million entries take 32 MiB. Keys must be spread evenly, as hashes are.
 */
export class HashTable {
  /** Low and high half of each key, zero where the slot is free; values likewise. */
  #keys = new Uint32Array(2 * smallest);
  #values = new Uint32Array(2 * smallest);
  #used = 0;
  readonly #wide = new BigUint64Array(1);
  readonly #halves = new Uint32Array(this.#wide.buffer);

  get size(): number {
    return this.#used;
  }

  /** What it takes. */
  get bytes(): number {
    return this.#keys.byteLength + this.#values.byteLength;
  }

  get(key: bigint): bigint | undefined {
    const [low, high] = this.#split(key);
    const slot = this.#find(low, high);
    if (this.#isFree(slot)) return undefined;
    this.#halves[0] = this.#values[slot] ?? 0;
    this.#halves[1] = this.#values[slot + 1] ?? 0;
    return this.#wide[0];
  }

  has(key: bigint): boolean {
    return this.get(key) !== undefined;
  }

  set(key: bigint, value: bigint): void {
    if (this.#used >= (fullest * this.#keys.length) / 2) this.#grow();
    const [low, high] = this.#split(key);
    const slot = this.#find(low, high);
    if (this.#isFree(slot)) this.#used += 1;
    this.#keys[slot] = low;
    this.#keys[slot + 1] = high;
    this.#wide[0] = value;
    this.#values[slot] = this.#halves[0] ?? 0;
    this.#values[slot + 1] = this.#halves[1] ?? 0;
  }

  #split(key: bigint): [low: number, high: number] {
    this.#wide[0] = key;
    const low = this.#halves[0] ?? 0;
    const high = this.#halves[1] ?? 0;
    return low === 0 && high === 0 ? [1, 0] : [low, high];
  }

  /** Where the key is, or the free slot for it. */
  #find(low: number, high: number): number {
    const keys = this.#keys;
    const mask = keys.length / 2 - 1;
    let index = low & mask;
    for (;;) {
      const slot = 2 * index;
      if (keys[slot] === low && keys[slot + 1] === high) return slot;
      if (keys[slot] === 0 && keys[slot + 1] === 0) return slot;
      index = (index + 1) & mask;
    }
  }

  #isFree(slot: number): boolean {
    return this.#keys[slot] === 0 && this.#keys[slot + 1] === 0;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    this.#keys = new Uint32Array(2 * keys.length);
    this.#values = new Uint32Array(2 * values.length);
    for (let from = 0; from < keys.length; from += 2) {
      const low = keys[from] ?? 0;
      const high = keys[from + 1] ?? 0;
      if (low === 0 && high === 0) continue;
      const to = this.#find(low, high);
      this.#keys[to] = low;
      this.#keys[to + 1] = high;
      this.#values[to] = values[from] ?? 0;
      this.#values[to + 1] = values[from + 1] ?? 0;
    }
  }
}
