import { expect, test } from "vitest";
import { createInTurn } from "./in-turn.ts";

test("works on one key at a time, in order, and goes on after a failure", async () => {
  const inTurn = createInTurn();
  const said: string[] = [];
  const open = Promise.withResolvers<void>();
  const first = inTurn("a", async () => {
    said.push("first begins");
    await open.promise;
    said.push("first fails");
    throw new Error("no");
  });
  const second = inTurn("a", async () => {
    said.push("second");
    return 2;
  });
  await inTurn("b", async () => {
    said.push("another key");
  });
  open.resolve();
  await expect(first).rejects.toThrow("no");
  expect(await second).toBe(2);
  expect(said).toEqual(["first begins", "another key", "first fails", "second"]);
});
