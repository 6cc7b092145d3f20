import { expect, test } from "vitest";
import type { Context, Deps } from "../../context.ts";
import type { Gathered } from "../../recipe/gather.ts";
import { createCompanions } from "../companions.ts";
import type { PreparedUnit } from "../prepare-unit.ts";
import { besideGathering } from "./beside-gathering.ts";
import { freezeUnit } from "./freeze-unit.ts";

const context: Context = { runId: "run", signal: new AbortController().signal, emit: () => {} };
const deps = {
  clock: { now: () => new Date(0), monotonic: () => 0 },
  settings: { pid: 1, cores: 2, freeMemoryBytes: 2 ** 30 },
} as unknown as Deps;

/** Lets everything run that can. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const nothing: Gathered = { parts: [], excluded: [], gaps: [], images: [] };

/** A unit without data whose recipe is still gathered; `running` is what would be stopped. */
function prepare(running: readonly string[], freezeHooks: readonly string[] = []) {
  const { promise: gathering, resolve, reject } = Promise.withResolvers<Gathered>();
  gathering.catch(() => undefined);
  const prepared = {
    unit: { name: "shop" },
    policy: { parallel: 1 },
    plan: { sources: [] },
    outage: { unit: "shop", way: "stop", containers: running.map((name) => ({ name })) },
    hooks: { freeze: freezeHooks },
    freezes: [],
    gathering,
    warnings: [],
  } as unknown as PreparedUnit;
  return { prepared, resolve, reject };
}

/** Freezes until the stop comes next; `companions` are not there yet, and are waited for. */
function freeze(prepared: PreparedUnit, companions: readonly string[] = []) {
  const reached: string[] = [];
  const companion = createCompanions(["shop", ...companions]).get("shop");
  const arrive = async () => void reached.push("arrived");
  const course = {
    companion: { ...(companion ?? expect.unreachable()), arrive },
    beforeStop: async () => void reached.push("stop"),
    cleanup: new AsyncDisposableStack(),
    strict: false,
  };
  const frozen = freezeUnit(prepared, [], course, deps, context);
  frozen.catch(() => undefined);
  return { reached, frozen };
}

test.each([
  ["the unit is stopped", prepare(["web"]), []],
  ["a unit of its group may be stopped", prepare([]), ["till"]],
  ["a hook comes next", prepare([], ["exec.pre"]), []],
] as const)("all is gathered before %s", async (_, { prepared, resolve }, companions) => {
  const { reached } = freeze(prepared, companions);
  await settled();
  expect(reached).toEqual([]);
  resolve(nothing);
  await settled();
  expect(reached).toContain("stop");
});

test("where nobody is stopped, data is stored meanwhile, and then what was gathered is waited for", async () => {
  const { prepared, resolve } = prepare([]);
  const { reached, frozen } = freeze(prepared);
  await settled();
  expect(reached).toContain("stop");
  resolve(nothing);
  expect((await frozen).gathered).toBe(nothing);
});

test("a failure to gather ends what is stored meanwhile, and is the one that is told", async () => {
  const { prepared, reject } = prepare([]);
  const events: string[] = [];
  const storing = besideGathering(
    prepared,
    context,
    ({ signal }) =>
      new Promise<void>((_, end) => {
        signal.addEventListener("abort", () => {
          events.push("aborted");
          setImmediate(() => end(new Error("storing was cancelled")));
        });
      }),
  );
  storing.catch(() => events.push("over"));
  reject(new Error("the engine is gone"));
  await expect(storing).rejects.toThrow("the engine is gone");
  expect(events).toEqual(["aborted", "over"]);
});

test("a failure to store is told once nothing is gathered any more", async () => {
  const { prepared, resolve } = prepare([]);
  let isOver = false;
  const storing = besideGathering(prepared, context, async () => {
    throw new Error("the disk is full");
  }).finally(() => {
    isOver = true;
  });
  storing.catch(() => undefined);
  await settled();
  expect(isOver).toBe(false);
  resolve(nothing);
  await expect(storing).rejects.toThrow("the disk is full");
});
