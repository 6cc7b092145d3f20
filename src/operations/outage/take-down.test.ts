import { expect, it } from "vitest";
import type { Engine } from "../../ports/engine.ts";
import type { ArmedGuard, JournaledContainer } from "../../ports/journal.ts";
import { nothingStopped } from "./plan-outage.ts";
import { takeDown } from "./take-down.ts";

const container = (name: string, rank: number): JournaledContainer => ({
  ...{ id: name, name, number: 1, stopTimeout: 30, rank, follower: false, start: true },
});

/** An engine whose containers stop when they are told to, in that order. */
function obedient(exitCode: number, stopSignal?: string) {
  const stops = new Map<string, () => void>();
  const engine = {
    stop: (id: string) => new Promise<void>((resolve) => void stops.set(id, resolve)),
    inspect: () => Promise.resolve({ exitCode, stopSignal }),
  } as unknown as Engine;
  return { engine, stops };
}

async function stopping(exitCode: number, order: readonly string[], stopSignal?: string) {
  const { engine, stops } = obedient(exitCode, stopSignal);
  const containers = [container("db", 0), container("web", 1), container("worker", 1)];
  const plan = { ...nothingStopped("shop"), way: "stop" as const, containers };
  const told: string[] = [];
  const witness = {
    waiting: (all: readonly JournaledContainer[]) =>
      void told.push(`waiting for ${all.map(({ name }) => name).join(", ") || "nobody"}`),
    down: ({ name }: JournaledContainer) => void told.push(`stopped ${name}`),
  };
  const guard = { beat: () => {} } as unknown as ArmedGuard;
  const deps = { engine } as Parameters<typeof takeDown>[1];
  const work = takeDown(plan, deps, guard, witness, new AbortController().signal);
  for (const name of order) {
    while (!stops.has(name)) await Promise.resolve();
    stops.get(name)?.();
    while (!told.includes(`stopped ${name}`)) await Promise.resolve();
  }
  return { told, warnings: await work };
}

it("tells each stop when it has happened, and who is waited for", async () => {
  const { told, warnings } = await stopping(0, ["worker", "web", "db"]);
  expect(told).toEqual([
    ...["waiting for web, worker", "stopped worker", "waiting for web"],
    ...["stopped web", "waiting for nobody"],
    ...["waiting for db", "stopped db", "waiting for nobody"],
  ]);
  expect(warnings).toEqual([]);
});

it("says what to do about a container that had to be killed", async () => {
  const { warnings } = await stopping(137, ["web", "worker", "db"]);
  expect(warnings).toHaveLength(3);
  expect(warnings[0]).toMatch(/^web was killed after 30 s: its data is crash-consistent; /);
  for (const way of ["`init: true`", "`stop_signal`", "stackhold.stop-timeout"]) {
    expect(warnings[0]).toContain(way);
  }
});

it.each(["SIGKILL", "kill", "9"])(
  "says nothing of a container that is to be stopped by %s",
  async (stopSignal) => {
    const { warnings } = await stopping(137, ["web", "worker", "db"], stopSignal);
    expect(warnings).toEqual([]);
  },
);
