import { expect, it } from "vitest";
import { aSnapshot } from "../../../testing/kopia-snapshots.ts";
import type { KopiaClient } from "../client.ts";
import type { Snapshot } from "../snapshots.ts";
import { createCatalogue } from "./catalogue.ts";

/** A storage that can be changed, and how often it was asked. */
function storage(...held: Snapshot[]) {
  const at = { held, asked: 0, isAway: false };
  const ask = async () => {
    at.asked += 1;
    if (at.isAway) throw new Error("the storage is away");
    return [...at.held];
  };
  return { at, catalogue: createCatalogue({ ask: ask as unknown as KopiaClient["ask"] }) };
}

const [first, second] = [aSnapshot({}), aSnapshot({})];

it("asks once for what will do as it was heard", async () => {
  const { at, catalogue } = storage(first);
  await Promise.all([catalogue.recent(), catalogue.recent()]);
  expect(await catalogue.recent()).toEqual([first]);
  expect(at.asked).toBe(1);
});

it("has what was taken and deleted since", async () => {
  const { catalogue } = storage(first);
  await catalogue.recent();
  catalogue.noteTaken(second);
  expect(await catalogue.recent()).toEqual([first, second]);
  catalogue.noteDeleted([first.id, second.id]);
  expect(await catalogue.recent()).toEqual([]);
});

it("believes the storage of what was done before it was asked again", async () => {
  const { at, catalogue } = storage(first);
  await catalogue.recent();
  catalogue.noteTaken(second);
  expect(await catalogue.fresh()).toEqual([first]);
  expect(await catalogue.recent()).toEqual([first]);
  catalogue.noteDeleted([first.id]);
  at.held = [first, second];
  expect(await catalogue.fresh()).toEqual([first, second]);
  expect(await catalogue.recent()).toEqual([first, second]);
});

it("keeps what was taken while the storage was asked", async () => {
  const { catalogue } = storage(first);
  const asking = catalogue.fresh();
  catalogue.noteTaken(second);
  await asking;
  expect(await catalogue.recent()).toEqual([first, second]);
});

it("remembers no failure, and nothing that it was told to forget", async () => {
  const { at, catalogue } = storage(first);
  at.isAway = true;
  await expect(catalogue.recent()).rejects.toThrow("away");
  at.isAway = false;
  expect(await catalogue.recent()).toEqual([first]);
  at.held = [second];
  catalogue.forget();
  expect(await catalogue.recent()).toEqual([second]);
});
