import { expect, test } from "vitest";
import { type Companion, createCompanions } from "./companions.ts";

const { signal } = new AbortController();

function group(...names: string[]): (name: string) => Companion {
  const all = createCompanions(names);
  return (name) => all.get(name) ?? expect.unreachable();
}

/** Lets everything run that can. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("nobody goes on before all have arrived", async () => {
  const of = group("a", "b", "c");
  const passed: string[] = [];
  const walk = async (name: string) => {
    for (const place of [1, 2]) {
      await of(name).arrive(signal);
      passed.push(`${name}${place}`);
    }
  };
  const walks = [walk("a"), walk("b")];
  await settled();
  expect(passed).toEqual([]);
  await Promise.all([...walks, walk("c")]);
  expect(passed.toSorted()).toEqual(["a1", "a2", "b1", "b2", "c1", "c2"]);
  expect(passed.slice(0, 3).toSorted()).toEqual(["a1", "b1", "c1"]);
});

test("a unit alone never waits", async () => {
  await group("a")("a").arrive(signal);
});

test("those who leave are not waited for, and are known", async () => {
  const of = group("a", "b", "c");
  const waiting = of("a").arrive(signal);
  of("b").leave();
  of("b").leave();
  of("c").leave();
  await waiting;
  expect(of("a").absent()).toEqual(["b", "c"]);
  await of("a").arrive(signal);
});

test("a cancelled wait ends", async () => {
  const cancelled = new AbortController();
  const waiting = group("a", "b")("a").arrive(cancelled.signal);
  cancelled.abort(new Error("Ctrl-C"));
  await expect(waiting).rejects.toThrow("Ctrl-C");
});

test("the work of one keeps the guards of all quiet, while they take part", () => {
  const of = group("a", "b");
  const beats: string[] = [];
  const beatOfA = of("a").share(() => beats.push("a"));
  of("b").share(() => beats.push("b"));
  beatOfA();
  expect(beats).toEqual(["a", "b"]);
  of("b").leave();
  beatOfA();
  expect(beats).toEqual(["a", "b", "a"]);
});
