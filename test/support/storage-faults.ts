import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { bedEngine } from "../bed/bed.ts";
import { journals } from "./aftermath.ts";
import { type EventWatch, watchEngine } from "./engine-events.ts";
import { type HeldHook, heldHook } from "./held-hook.ts";
import { type HeldKopia, heldKopia } from "./held-kopia.ts";
import { kopiaAt } from "./kopia-settings.ts";
import { type KopiaStack, kopiaStack } from "./kopia-stack.ts";
import type { FreshStorage } from "./kopia-storages.ts";
import type { Finished, Started } from "./stackhold.ts";
import { lasting } from "./standing.ts";

/** When something befalls the storage. */
export type When = "in the hot pass" | "while the unit is down";

/** A stack whose repository lies on a storage that something befalls. */
export interface FaultScene extends AsyncDisposable {
  readonly at: KopiaStack;
  /**
   * Runs a backup, with so much new data, and does this to its storage at that moment: when some of it has been
   * uploaded and noted, or from just before the unit is stopped on.
   */
  strike(when: When, megabytes: number, blow: () => Promise<unknown>): Promise<Finished>;
  /** The unit runs as it did, stopped as often as this, and no half of a point is told. */
  expectUnharmed(stops: number): Promise<void>;
  /** The next run, which must have a point. */
  goesOn(): Promise<void>;
}

export async function faultScene({ keys, directory }: FreshStorage): Promise<FaultScene> {
  const kopia: HeldKopia = await heldKopia();
  const hook: HeldHook = await heldHook();
  const at = await kopiaStack(() => ({ offsite: kopiaAt(keys) }), {
    backup: { hooks: { pre_freeze: hook.program } },
  });
  let points = 0;
  let files = 0;
  let watch: EventWatch = watchEngine(bedEngine());

  const start = () =>
    at.workspace.start(["backup", at.name, "--json"], { env: { PATH: kopia.path } });
  const listed = async () => {
    const list = await at.workspace.stackhold(["list", "points", "--json"]);
    expect(`${list.code} ${list.stderr}`).toMatch(/^0 /);
    return list.json();
  };
  /** A run that fails before has none. */
  const pastHook = async (run: Started): Promise<Finished> => {
    await hook.reached(run).then(hook.release, () => undefined);
    return run.finished;
  };
  const blobs = async (prefix: string) => {
    const names = await readdir(directory, { recursive: true }).catch(() => []);
    return names.filter((name) => name.replaceAll("/", "").startsWith(prefix)).length;
  };
  const more = async (prefix: string, known: number) => {
    while ((await blobs(prefix)) < known + 2) await delay(20);
  };
  const [packs, indexes] = ["p", "xn0_"] as const;
  const goesOn = async () => {
    const done = await pastHook(start());
    expect(`${done.code} ${done.stderr}`).toMatch(/^0 /);
    points += 1;
    expect(await listed()).toHaveLength(points);
    expect(await readdir(join(at.workspace.stateDir, "kopia", "offsite", "writing"))).toEqual([]);
  };

  await goesOn();
  const before = lasting(await at.look());
  return {
    at,
    goesOn,
    strike: async (when, megabytes, blow) => {
      files += 1;
      await at.fill(`new${files}`, megabytes);
      const known = await blobs(packs);
      watch = watchEngine(bedEngine());
      if (when === "in the hot pass") await kopia.hold("/volume/data", "amid");
      const run = start();
      if (when === "in the hot pass") {
        await kopia.held(run);
        await more(packs, known);
        // What no index names is not found again.
        await more(indexes, await blobs(indexes));
      } else await hook.reached(run);
      await blow();
      await kopia.release();
      return pastHook(run);
    },
    expectUnharmed: async (stops) => {
      expect(lasting(await at.look())).toEqual(before);
      const happened = await watch.happened(at.name);
      expect(happened.filter(({ action }) => action === "die")).toHaveLength(stops);
      expect(await journals(at)).toEqual([]);
    },
    async [Symbol.asyncDispose]() {
      await at[Symbol.asyncDispose]();
      await kopia[Symbol.asyncDispose]();
      await hook[Symbol.asyncDispose]();
    },
  };
}
