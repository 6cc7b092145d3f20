import fc from "fast-check";
import { expect, it } from "vitest";
import type { RecordReader } from "./record-file.ts";
import { sortedBeside } from "./sorted-beside.ts";

/** Hands out records in batches, some of them empty. */
function readerOf(batches: readonly (readonly string[])[]): RecordReader {
  const left = [...batches];
  let batch: readonly string[] = [];
  let isOver = false;
  return {
    get isDry() {
      return batch.length === 0 && !isOver;
    },
    fill: async () => {
      while (batch.length === 0 && !isOver) {
        batch = left.shift() ?? [];
        isOver = batch.length === 0 && left.length === 0;
      }
    },
    peek: () => batch[0],
    next: () => {
      batch = batch.slice(1);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

const word = fc.stringMatching(/^[ab-]{1,3}$/);
const sorted = fc.uniqueArray(word, { maxLength: 12 }).map((words) => words.sort());

it("finds every name that both lists have, and hands over the others in their order", async () => {
  await fc.assert(
    fc.asyncProperty(sorted, sorted, fc.array(fc.nat(4)), async (asked, others, cuts) => {
      const batches: string[][] = [];
      let rest = others;
      for (const cut of cuts) {
        batches.push(rest.slice(0, cut));
        rest = rest.slice(cut);
      }
      const beside = sortedBeside(readerOf([...batches, rest]), (name) => ({ name }));
      const passed: string[] = [];
      const note = ({ name }: { readonly name: string }) => void passed.push(name);
      const found: string[] = [];
      for (const name of asked) {
        while (!beside.reach(name, note)) await beside.fill();
        if (beside.found !== undefined) found.push(beside.found.name);
      }
      await beside.finish(note);
      expect(found).toEqual(asked.filter((name) => others.includes(name)));
      expect(passed).toEqual(others.filter((name) => !asked.includes(name)));
    }),
  );
});
