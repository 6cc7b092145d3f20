import { expect, it } from "vitest";
import type { UnitEstimate } from "../../domain/estimate-result.ts";
import { StackholdError } from "../../errors.ts";
import type { Repository } from "../../ports/repository.ts";
import { roomNeeded } from "./room-needed.ts";

const repository = (name: string, fileSystem: string, freeBytes: number) =>
  ({ name, space: async () => ({ fileSystem, freeBytes }) }) as unknown as Repository;

const unit = (repositories: UnitEstimate["repositories"]): UnitEstimate => ({
  ...{ unit: "u", kind: "stack", scope: "standard", bytes: 0, files: 0, parts: [], repositories },
});
const use = (name: string, storedBytes: number, neededBytes: number) => ({
  name,
  storedBytes,
  neededBytes,
});

it("lets each unit find its room beside what the ones before it have stored", async () => {
  const units = [unit([use("a", 50, 100)]), unit([use("a", 10, 20)]), unit([use("a", 5, 30)])];
  const [first] = await roomNeeded(units, [repository("a", "disk", 100)], new Map());
  expect(first).toEqual({ ...use("a", 65, 100), freeBytes: 100, enough: true });
  const [later] = await roomNeeded(units.toReversed(), [repository("a", "disk", 100)], new Map());
  expect(later).toEqual({ ...use("a", 65, 115), freeBytes: 100, enough: false });
});

it("counts repositories of one file system together, and leaves out the one that is away", async () => {
  const units = [unit([use("a", 50, 60), use("b", 50, 60)])];
  const all = ["a", "b"].map((name) => repository(name, "disk", 100));
  const away = repository("c", "disk", 100);
  const error = new StackholdError("REPOSITORY_UNUSABLE", "it is away");
  expect(await roomNeeded(units, [...all, away], new Map([["c", error]]))).toMatchObject([
    { ...use("a", 50, 120), enough: false },
    { ...use("b", 50, 120), enough: false },
    { name: "c", error: { code: "REPOSITORY_UNUSABLE" } },
  ]);
});
