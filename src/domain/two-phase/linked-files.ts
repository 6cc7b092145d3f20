import { HashTable } from "./hash-table.ts";
import type { Hash } from "./known-entries.ts";

/**
 * Names that share a file are copied together or not at all: unpacked alone, one would be a file
 * of its own. Holds hashes only.
 */
export class LinkedFiles {
  readonly #hash: Hash;
  /** Name to file. */
  readonly #files = new HashTable();
  readonly #changed = new HashTable();

  constructor(hash: Hash) {
    this.#hash = hash;
  }

  /** A name of a file that has others, perhaps outside the tree. */
  add(name: string, inode: string, isChanged: boolean): void {
    const file = this.#hash(inode);
    this.#files.set(this.#hash(name), file);
    if (isChanged) this.#changed.set(file, 0n);
  }

  /** A hot pass stored the first name as a link to the second (hashes): are they still one file? */
  compare(name: bigint, target: bigint): void {
    const file = this.#files.get(name);
    if (file !== undefined && this.#files.get(target) !== file) this.#changed.set(file, 0n);
  }

  get hasChanges(): boolean {
    return this.#changed.size > 0;
  }

  /** Whether one of its names changed. */
  hasChanged(inode: string): boolean {
    return this.#changed.has(this.#hash(inode));
  }

  /** Once for each changed file. */
  isFirst(inode: string): boolean {
    const file = this.#hash(inode);
    if (this.#changed.get(file) !== 0n) return false;
    this.#changed.set(file, 1n);
    return true;
  }
}
