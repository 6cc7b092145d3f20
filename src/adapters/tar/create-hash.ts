import { randomBytes } from "node:crypto";
import xxhash from "xxhash-wasm";
import type { Hash } from "../../domain/two-phase/known-entries.ts";

export async function createHash(): Promise<Hash> {
  const { h64 } = await xxhash();
  const seed = randomBytes(8).readBigUInt64LE();
  return (text) => h64(text, seed);
}
