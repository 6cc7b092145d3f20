import { createCipheriv, createHash } from "node:crypto";

/** The same bytes and numbers for the same seed, on every machine. */
export interface Random {
  bytes(count: number): Buffer;
  /** A whole number from 0 up to, not including, the limit. */
  below(limit: number): number;
}

const numbersAtOnce = 4096;

/** The key stream of AES-CTR under a key made of the seed: gigabytes a second, and incompressible. */
export function seededRandom(seed: string): Random {
  const digest = createHash("sha256").update(seed).digest();
  const cipher = createCipheriv("aes-128-ctr", digest.subarray(0, 16), digest.subarray(16));
  const bytes = (count: number) => cipher.update(Buffer.alloc(count));
  let numbers = Buffer.alloc(0);
  let next = 0;
  return {
    bytes,
    below(limit) {
      if (next >= numbers.length) {
        numbers = bytes(numbersAtOnce * 4);
        next = 0;
      }
      next += 4;
      return Math.floor((numbers.readUInt32LE(next - 4) / 2 ** 32) * limit);
    },
  };
}
