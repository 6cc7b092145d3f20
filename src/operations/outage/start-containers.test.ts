import { expect, it } from "vitest";
import { StackholdError } from "../../errors.ts";
import type { Engine } from "../../ports/engine.ts";
import type { JournaledContainer } from "../../ports/journal.ts";
import { startContainers } from "./start-containers.ts";

const container: JournaledContainer = {
  ...{ id: "c0ffee", name: "db", number: 1, stopTimeout: 1, rank: 0 },
  ...{ follower: false, start: true },
};
const clock = { now: () => new Date(0), monotonic: () => 0, sleep: () => Promise.resolve() };

/** An engine that refuses every start of a container in that state. */
function refusing(state: string): Engine {
  const start = () => Promise.reject(new StackholdError("ENGINE_ERROR", "cannot start"));
  return { start, inspect: () => Promise.resolve({ state }) } as unknown as Engine;
}

it("takes a container for running that is paused: its run died before it was stopped", async () => {
  const deps = { engine: refusing("paused"), clock };
  expect(await startContainers([container], "start", deps)).toEqual({
    started: ["db"],
    failed: [],
  });
});

it("says that a container does not start which the engine refuses", async () => {
  const deps = { engine: refusing("exited"), clock };
  const { started, failed } = await startContainers([container], "start", deps);
  expect([started, failed.map(({ name }) => name)]).toEqual([[], ["db"]]);
});
