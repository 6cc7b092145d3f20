import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRunner } from "../../exec/runner.ts";
import type { Capture, Swap } from "../../ports/capture.ts";
import { createTarCapture } from "./tar-capture.ts";

const environment = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };
const runner = createRunner({ environment, monotonic: () => performance.now() });
const whole = createTarCapture({ runner });

class Killed extends Error {}

/** A capture whose process is gone after so many changes on the disk. */
function dyingAfter(steps: number): Capture {
  let left = steps;
  const onStep = () => {
    left -= 1;
    if (left <= 0) throw new Killed();
  };
  return createTarCapture({ runner, onStep });
}

async function survives(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (failure) {
    const isKill = failure instanceof Error && failure.cause instanceof Killed;
    if (isKill) return false;
    throw failure;
  }
}

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stackhold-kill-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const old = ["a", "b", "c"];
const fresh = ["b", "c", "d", "e"];

async function stage(children: boolean, fromNothing: boolean): Promise<Swap> {
  const target = join(root, "target");
  if (!fromNothing) {
    mkdirSync(target, { mode: 0o751 });
    for (const name of old) writeFileSync(join(target, name), "old");
    utimesSync(target, 1111, 1111);
  }
  const place = join(target, ".stackhold-safety", "id");
  const inside = { target, staged: join(place, "new"), aside: join(place, "old") };
  const swap: Swap = children
    ? { ...inside, fresh: false, children }
    : await whole.planSwap(target, "id");
  const directory = await whole.prepare(swap);
  for (const name of fresh) writeFileSync(join(directory, name), "new");
  utimesSync(directory, 2222, 2222);
  return swap;
}

const seen = () => readdirSync(join(root, "target")).filter((name) => !name.startsWith("."));
const time = () => statSync(join(root, "target")).mtimeMs / 1000;

function expectOld(): void {
  expect(seen()).toEqual(old);
  expect(time()).toBe(1111);
  expect(statSync(join(root, "target")).mode & 0o777).toBe(0o751);
}

function expectNew(): void {
  expect(seen()).toEqual(fresh);
  expect(time()).toBe(2222);
  expect(statSync(join(root, "target")).mode & 0o777).toBe(0o700);
}

describe.each([
  ["by two renames", false],
  ["child by child", true],
])("a swap %s, killed after any step", (_, children) => {
  it("is undone", async () => {
    for (let steps = 1; ; steps += 1) {
      const swap = await stage(children, false);
      const isOver = await survives(dyingAfter(steps).swap(swap));
      await whole.undo(swap);
      expectOld();
      await whole.swap(swap);
      expectNew();
      await whole.undo(swap);
      await whole.discard(swap);
      expectOld();
      expect(readdirSync(join(root, "target"))).toEqual(old);
      rmSync(join(root, "target"), { recursive: true });
      expect(readdirSync(root)).toEqual([]);
      if (isOver) return expect(steps).toBeGreaterThan(2);
    }
  });

  it("is finished by another swap", async () => {
    for (let steps = 1; ; steps += 1) {
      const swap = await stage(children, false);
      const isOver = await survives(dyingAfter(steps).swap(swap));
      await whole.swap(swap);
      expectNew();
      expect(readdirSync(swap.aside)).toEqual(old);
      await whole.undo(swap);
      expectOld();
      await whole.discard(swap);
      rmSync(join(root, "target"), { recursive: true });
      if (isOver) return;
    }
  });

  it("is undone though the undoing is killed as well, at any step", async () => {
    for (let steps = 1; ; steps += 1) {
      const swap = await stage(children, false);
      await whole.swap(swap);
      const isOver = await survives(dyingAfter(steps).undo(swap));
      await whole.undo(swap);
      expectOld();
      await whole.swap(swap);
      expectNew();
      await whole.discard(swap);
      rmSync(join(root, "target"), { recursive: true });
      rmSync(join(root, ".stackhold-safety"), { recursive: true, force: true });
      if (isOver) return expect(steps).toBeGreaterThan(2);
    }
  });

  it("may be swapped again after a killed undoing", async () => {
    for (let steps = 1; ; steps += 1) {
      const swap = await stage(children, false);
      await whole.swap(swap);
      const isOver = await survives(dyingAfter(steps).undo(swap));
      await whole.swap(swap);
      expectNew();
      await whole.undo(swap);
      expectOld();
      await whole.discard(swap);
      rmSync(join(root, "target"), { recursive: true });
      if (isOver) return;
    }
  });
});

it("takes the new away again where nothing was, killed after any step", async () => {
  for (let steps = 1; ; steps += 1) {
    const swap = await stage(false, true);
    const isOver = await survives(dyingAfter(steps).swap(swap));
    await survives(dyingAfter(1).undo(swap));
    await whole.undo(swap);
    await whole.discard(swap);
    expect(readdirSync(root)).toEqual([]);
    if (isOver) return;
  }
});
