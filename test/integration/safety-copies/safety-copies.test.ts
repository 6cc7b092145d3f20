import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createJournalFiles } from "../../../src/adapters/journal-files/journal.ts";
import { createLocks } from "../../../src/adapters/sqlite/locks.ts";
import { createSystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { describeWithEngine } from "../../bed/bed.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { expectRefused } from "../../support/refused.ts";
import { composeFile, hostNetwork, service } from "../../support/services.ts";
import { type StackWithPoint, stackWithPoint } from "../../support/stack-with-point.ts";

const compose = composeFile(
  { app: service({ ...hostNetwork, volumes: ["data:/data", "./site:/site"] }) },
  { data: {} },
);
let at: StackWithPoint;

/** The stack restored in place once more: two safety copies, of `site` and of the volume. */
async function restored() {
  const { stack, work } = at;
  const restore = await at.restore();
  expectExit(restore, 0);
  const paths: string[] = restore.json().safetyCopy;
  return {
    stack,
    work,
    paths: paths.toSorted(),
    volumeCopy: paths.find((path) => existsSync(join(path, "file"))) ?? "",
    siteCopy: paths.find((path) => existsSync(join(path, "page"))) ?? "",
    list: async (...args: string[]) => {
      const listed = await work.stackhold(["list", "safety-copies", "--json", ...args]);
      expectExit(listed, 0);
      return listed.json();
    },
    remove: (...args: string[]) =>
      work.stackhold(["admin", "safety-copies", "remove", "--json", ...args]),
    [Symbol.asyncDispose]: async () => {
      for (const path of paths) await rm(dirname(path), { recursive: true, force: true });
    },
  };
}

/** As if the restore had been then. */
function age(copy: string, days: number): void {
  rewriteMark(copy, { createdAt: new Date(Date.now() - days * 86_400_000).toISOString() });
}

function rewriteMark(copy: string, change: Readonly<Record<string, string>>): void {
  const file = join(dirname(copy), "safety-copy.json");
  const mark = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...mark, ...change }));
}

const pathsOf = (copies: readonly { readonly path: string }[]) =>
  copies.map(({ path }) => path).sort();

describeWithEngine("safety copies", () => {
  beforeAll(async () => {
    at = await stackWithPoint(compose, {
      files: { "site/page": "page\n" },
      fill: ({ exec }) => exec("app", ["sh", "-c", "head -c 5000 /dev/zero > /data/file"]),
    });
  });
  afterAll(() => at[Symbol.asyncDispose]());

  it("are listed with place, unit, restore, time and size, also without the state directory", async () => {
    await using all = await restored();
    const { stack, work } = all;
    const listed = await all.list(stack.name);
    expect(pathsOf(listed)).toEqual(all.paths);
    const volume = listed.find((copy: { path: string }) => copy.path === all.volumeCopy);
    expect(volume).toMatchObject({ unit: stack.name, bytes: 5000, files: 2, state: "kept" });
    expect(volume.target).toMatch(new RegExp(`/${stack.name}_data/_data$`));
    expect(Date.parse(volume.expiresAt) - Date.parse(volume.createdAt)).toBe(7 * 86_400_000);
    const [run] = (await work.stackhold(["list", "runs", "--json"])).json();
    expect(volume.runId).toBe(run.runId);
    await rm(work.stateDir, { recursive: true });
    expect(await all.list(stack.name)).toEqual(listed);
    const other = await work.stackhold(["list", "safety-copies", "--json", `${stack.name}x`]);
    const says = `did you mean "${stack.name}"?`;
    expectRefused(other, { exit: 2, code: "UNKNOWN_UNIT", says, hint: "list units" });
  });

  it("are removed only when that is confirmed", async () => {
    await using all = await restored();
    const { stack } = all;
    const asked = await all.remove(stack.name);
    expectExit(asked, 2);
    expect(asked.json().error.code).toBe("CONFIRMATION_REQUIRED");
    const preview = await all.remove(stack.name, "--dry-run");
    expectExit(preview, 0);
    expect(pathsOf(preview.json().removed)).toEqual(all.paths);
    expect(all.paths.filter((path) => existsSync(path))).toEqual(all.paths);
    expectExit(await all.remove(`${stack.name.slice(0, -1)}?`, "--yes"), 2);
    const removed = await all.remove(stack.name, "--yes");
    expectExit(removed, 0);
    expect(removed.json().freedBytes).toBe(5005);
    expect(all.paths.filter((path) => existsSync(dirname(path)))).toEqual([]);
    expect(await all.list(stack.name)).toEqual([]);
  });

  it("are found and removed where a restore of the project took them along", async () => {
    await using all = await restored();
    const { stack, work } = all;
    const how = ["--part", "project", "--with-project", "--yes"];
    expectExit(await work.stackhold(["restore", stack.name, ...how]), 0);
    expect(existsSync(all.siteCopy)).toBe(false);
    const copies: { readonly target: string; readonly path: string }[] = await all.list(stack.name);
    const targets = copies.filter(({ path }) => path !== all.volumeCopy).map((one) => one.target);
    expect(targets.sort()).toEqual([stack.dir, join(stack.dir, "site")]);
    const inner = copies.find(({ target }) => target === join(stack.dir, "site"));
    rewriteMark(inner?.path ?? "", { unit: "another" });
    const most = await all.remove(stack.name, "--yes");
    expectExit(most, 3);
    expect(most.json()).toMatchObject({ kept: [{ target: stack.dir }] });
    rewriteMark(inner?.path ?? "", { unit: stack.name });
    const removed = await all.remove(stack.name, "--yes");
    expectExit(removed, 0);
    expect(removed.json()).toMatchObject({ kept: [] });
    expect(await all.list(stack.name)).toEqual([]);
  });

  it("stay while a restore that is not rolled back needs them", async () => {
    await using all = await restored();
    const { stack, work } = all;
    const swap = {
      target: join(stack.dir, "site"),
      staged: join(dirname(all.siteCopy), "new"),
      aside: all.siteCopy,
      fresh: false,
      children: false,
    };
    const journal = createJournalFiles({ stateDir: work.stateDir });
    await journal.write({
      version: 1,
      unit: stack.name,
      runId: "dead",
      operation: "restore",
      pid: 1,
      startedAt: new Date().toISOString(),
      quiesce: "stop",
      containers: [],
      swaps: [swap],
      stages: [],
    });
    const removal = await all.remove(stack.name, "--yes");
    expectExit(removal, 3);
    expect(removal.json().kept).toMatchObject([{ path: all.siteCopy, state: "needed" }]);
    expect(pathsOf(removal.json().removed)).toEqual([all.volumeCopy]);
    expect(readFileSync(join(all.siteCopy, "page"), "utf8")).toBe("page\n");
    await journal.close(stack.name);
  });

  it("wait for the run that holds their unit", async () => {
    await using all = await restored();
    const { stack, work } = all;
    const clock = createSystemClock();
    const locks = createLocks({ stateDir: work.stateDir, clock });
    {
      await using _lock = await locks.acquire(`unit/${stack.name}`, "run", "another run");
      const refused = await all.remove(stack.name, "--yes");
      expectExit(refused, 11);
      expect(refused.json().error.message).toContain("another run");
    }
    expect(pathsOf(await all.list(stack.name))).toEqual(all.paths);
  });

  it.each(["backup", "restore"])("expire with the next %s of the unit", async (operation) => {
    await using all = await restored();
    const { stack, work } = all;
    age(all.volumeCopy, 7.1);
    age(all.siteCopy, 6.9);
    const yes = operation === "restore" ? ["--yes", "--part", "project"] : [];
    expectExit(await work.stackhold([operation, stack.name, ...yes]), 0);
    expect(existsSync(dirname(all.volumeCopy))).toBe(false);
    expect(existsSync(all.siteCopy)).toBe(true);
    const logs = (await readdir(work.logDir)).filter((name) => name.startsWith(operation)).sort();
    const log = readFileSync(join(work.logDir, logs.at(-1) ?? ""), "utf8");
    expect(log).toMatch(/removed after its time the safety copy of .*_data\/_data .*5\.0 kB freed/);
    if (operation === "restore") {
      for (const { path } of await all.list(stack.name))
        await rm(dirname(path), { recursive: true });
    }
  });

  it("are found by the history when nothing mounts their place any more", async () => {
    await using all = await restored();
    await all.stack.down();
    await rm(join(all.stack.dir, "compose.yaml"));
    expect(pathsOf(await all.list(all.stack.name))).toEqual(all.paths);
  });
});
