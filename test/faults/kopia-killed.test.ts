import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { bedEngine } from "../bed/bed.ts";
import { journals, promisedMs, quiet, recoveryMs } from "../support/aftermath.ts";
import { describeWithEngineAndKopia } from "../support/engine-and-kopia.ts";
import { watchEngine } from "../support/engine-events.ts";
import { type HeldKopia, heldKopia, type Moment } from "../support/held-kopia.ts";
import { kopiaIn } from "../support/kopia-settings.ts";
import { type KopiaStack, kopiaStack } from "../support/kopia-stack.ts";
import { lasting } from "../support/standing.ts";

/** So slow that a kill falls into the upload. */
const slow = { upload_bytes_per_second: 4_000_000 };

let at: KopiaStack;
let kopia: HeldKopia;
let before: unknown;
let points: number;

const backup = (...more: string[]) =>
  at.workspace.start(["backup", at.name, ...more], { env: { PATH: kopia.path } });

/** A call of Kopia's, by words of its arguments. */
interface Call {
  readonly what: string;
  readonly words: string;
  readonly moment: Moment;
}

const inHotPass: Call = { what: "in the hot pass", words: "/volume/data", moment: "amid" };
const afterRestart: Call = {
  what: "when what stands beside is stored",
  words: "/sidecar",
  moment: "before",
};
const atPublish: Call = { what: "before it is published", words: "/manifest", moment: "before" };
const published: Call = { ...atPublish, what: "when it is published", moment: "after" };

async function listed(): Promise<{ status: string }[]> {
  const list = await at.workspace.stackhold(["list", "points", "--json"]);
  expect(list.code).toBe(0);
  return list.json();
}

/** Waits until packs lie in the storage that were not there before: then what went before is saved. */
async function somethingStored(packs: number): Promise<void> {
  while ((await packCount()) < packs + 2) await delay(20);
}

async function packCount(): Promise<number> {
  const names = await readdir(join(at.place, "offsite"), { recursive: true }).catch(() => []);
  return names.filter((name) => /^p\/.*\.f$/.test(name)).length;
}

/** What `--json` says that the next run stored, which works and leaves nothing of the killed one. */
async function nextRun(): Promise<number> {
  const next = await at.workspace.stackhold(["backup", at.name, "--json"]);
  expect(`${next.code} ${next.stderr}`).toMatch(/^0 /);
  points += 1;
  expect(await listed()).toHaveLength(points);
  expect(await readdir(join(at.workspace.stateDir, "kopia", "offsite", "writing"))).toEqual([]);
  return next.json().units[0].repositories[0].storedBytes;
}

describeWithEngineAndKopia("a backup into a Kopia repository", () => {
  beforeAll(async () => {
    kopia = await heldKopia();
    at = await kopiaStack((place) => ({ offsite: kopiaIn(join(place, "offsite"), slow) }));
    points = 0;
    await nextRun();
    before = lasting(await at.look());
  });
  afterEach(() => kopia.release());
  afterAll(async () => {
    await at[Symbol.asyncDispose]();
    await kopia[Symbol.asyncDispose]();
  });

  it.each([inHotPass, afterRestart, atPublish])(
    "whose kopia is killed $what has no point, and the unit runs",
    async ({ words, moment }) => {
      await at.fill(`of-kopia-${moment}`, 1);
      await kopia.hold(words, moment);
      const run = backup("--json");
      process.kill(await kopia.held(run), "SIGKILL");
      const done = await run.finished;
      expect(done.code).toBe(1);
      expect(done.json().units[0]).toMatchObject({
        status: "failed",
        error: { message: expect.stringMatching(/^repository offsite: .*killed by SIGKILL/) },
      });
      expect(lasting(await at.look())).toEqual(before);
      expect(await listed()).toHaveLength(points);
      expect(await journals(at)).toEqual([]);
    },
  );

  it("goes on after that", async () => {
    await nextRun();
  });

  it.each([inHotPass, afterRestart, published])(
    "that is killed itself $what leaves the unit running and no half of a point, and the next one goes on",
    async ({ words, moment }) => {
      await at.fill(`of-run-${moment}`, moment === "amid" ? 60 : 10);
      const packs = await packCount();
      await kopia.hold(words, moment);
      const watch = watchEngine(bedEngine());
      const run = backup("--events");
      await kopia.held(run);
      if (moment === "amid") await somethingStored(packs);
      const struckAt = Date.now();
      run.process.kill("SIGKILL");
      await run.finished;
      await kopia.release();
      await quiet(at);
      expect(lasting(await at.look())).toEqual(before);
      expect(recoveryMs(await watch.happened(at.name), struckAt)).toBeLessThan(promisedMs());
      if (moment === "after") points += 1;
      expect(await listed()).toHaveLength(points);
      const storedAgain = await nextRun();
      // What was uploaded is not uploaded again, once Kopia has noted it, which it does each minute.
      if (moment !== "amid") expect(storedAgain).toBeLessThan(1e6);
    },
  );

  it("has left points that are whole", async () => {
    const checked = await at.workspace.stackhold(["verify", "--all", "--deep", "--json"]);
    expect(checked.json()).toMatchObject({ checked: points, problems: [] });
  });
});
