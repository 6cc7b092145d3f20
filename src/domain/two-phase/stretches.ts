import type { Hash } from "./known-entries.ts";

/** What a listing counts. */
export interface Counted {
  files: number;
  bytes: number;
  allocatedBytes: number;
}

export interface Stretch {
  /** How many they are. */
  readonly records: number;
  readonly counted: Readonly<Counted>;
  isSame(records: readonly string[]): boolean;
}

interface Found extends Pick<Stretch, "records" | "counted"> {
  readonly hash: bigint;
}

/**
 * Records of a listing, in stretches of neighbours that were all found unchanged. Where a later
 * listing has the same ones in the same order, they need not be looked at one by one. Holds hashes.
 */
export class Stretches {
  readonly #hash: Hash;
  readonly #longest: number;
  readonly #found = new Map<bigint, Found>();
  #records: string[] = [];
  #counted: Counted = nothing();

  constructor(hash: Hash, longest: number) {
    this.#hash = hash;
    this.#longest = longest;
  }

  /** The next record: unchanged, with what it adds. */
  add(record: string, counted: Readonly<Counted>): void {
    this.#records.push(record);
    addTo(this.#counted, counted);
    if (this.#records.length === this.#longest) this.end();
  }

  /** What comes next is no neighbour of what was added before. */
  end(): void {
    const [first] = this.#records;
    if (first === undefined) return;
    const hash = this.#hashOf(this.#records);
    const stretch = { records: this.#records.length, hash, counted: this.#counted };
    this.#found.set(this.#hash(first), stretch);
    this.#records = [];
    this.#counted = nothing();
  }

  /** The stretch that began with this record. */
  beginningWith(record: string): Stretch | undefined {
    const found = this.#found.get(this.#hash(record));
    if (found === undefined) return undefined;
    return { ...found, isSame: (records) => this.#hashOf(records) === found.hash };
  }

  #hashOf(records: readonly string[]): bigint {
    return this.#hash(records.join("\0"));
  }
}

export function addTo(sum: Counted, { files, bytes, allocatedBytes }: Readonly<Counted>): void {
  sum.files += files;
  sum.bytes += bytes;
  sum.allocatedBytes += allocatedBytes;
}

function nothing(): Counted {
  return { files: 0, bytes: 0, allocatedBytes: 0 };
}
