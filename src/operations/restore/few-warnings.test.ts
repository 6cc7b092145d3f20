import { expect, test } from "vitest";
import type { Happening } from "../../events/event.ts";
import { withFewWarnings } from "./few-warnings.ts";

async function told(count: number): Promise<Happening[]> {
  const happenings: Happening[] = [];
  const full = withFewWarnings("shop", { emit: (each) => happenings.push(each) }, (onWarning) => {
    for (let number = 1; number <= count; number += 1) onWarning(`file ${number}: disk full`);
    return Promise.reject(new Error("tar failed"));
  });
  await expect(full).rejects.toThrow("tar failed");
  return happenings;
}

test("people are told the first three warnings and how many more the log has", async () => {
  const all = await told(620);
  expect(all).toHaveLength(621);
  const shown = all.flatMap((each) =>
    each.type === "warning" && each.saidBy === undefined ? [each.message] : [],
  );
  expect(shown).toEqual([
    ...[1, 2, 3].map((number) => `file ${number}: disk full`),
    "… and 617 more, in the log",
  ]);
});

test("three are told without ado", async () => {
  expect(await told(3)).toHaveLength(3);
});
