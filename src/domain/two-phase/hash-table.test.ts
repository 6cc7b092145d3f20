import fc from "fast-check";
import { expect, it } from "vitest";
import { HashTable } from "./hash-table.ts";

const word = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

it("holds what a Map holds, whatever the keys", () => {
  // Small keys fall into neighbouring slots, and 0 is what a free slot looks like.
  const key = fc.oneof(word, fc.bigInt({ min: 0n, max: 40n }), fc.constant(2n ** 63n));
  fc.assert(
    fc.property(fc.array(fc.tuple(key, word), { maxLength: 3000, size: "max" }), (entries) => {
      // The one key that stands for another.
      const used = entries.filter(([each]) => each !== 1n);
      const table = new HashTable();
      const map = new Map<bigint, bigint>();
      for (const [each, value] of used) {
        table.set(each, value);
        map.set(each, value);
      }
      expect(table.size).toBe(map.size);
      for (const [each, value] of map) expect(table.get(each)).toBe(value);
      expect(table.get(41n)).toBe(map.get(41n));
    }),
    { numRuns: 30 },
  );
});

it("holds a million entries in 32 MiB", () => {
  const table = new HashTable();
  const spread = 0x9e3779b97f4a7c15n;
  const mask = 2n ** 64n - 1n;
  for (let index = 1n; index <= 1_000_000n; index += 1n) table.set((index * spread) & mask, index);
  expect(table.size).toBe(1_000_000);
  expect(table.get((777_777n * spread) & mask)).toBe(777_777n);
  expect(table.bytes).toBe(32 << 20);
});
