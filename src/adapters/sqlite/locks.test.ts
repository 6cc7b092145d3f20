import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { locksContract } from "../../ports/locks.contract.ts";
import { createSystemClock } from "../system-clock/system-clock.ts";
import { createLocks } from "./locks.ts";

const clock = createSystemClock();
const temporary = () => mkdtemp(join(tmpdir(), "stackhold-locks-"));

locksContract(async () => {
  const stateDir = await temporary();
  return {
    locks: createLocks({ stateDir, clock }),
    cleanUp: () => rm(stateDir, { recursive: true }),
  };
});

/** A process that takes a lock, says so, and does what it reads from its input. */
const program = `
import { spawn } from "node:child_process";
import { createLocks } from ${JSON.stringify(join(import.meta.dirname, "locks.ts"))};
import { createSystemClock } from ${JSON.stringify(join(import.meta.dirname, "../system-clock/system-clock.ts"))};
const [stateDir, role] = process.argv.slice(1);
const locks = createLocks({ stateDir, clock: createSystemClock() });
let lock;
try {
  lock = await locks.acquire("unit/wp", role, "backup of wp");
  console.log("held");
} catch (error) {
  console.log(error.code + " " + error.message);
}
process.stdin.on("data", async (data) => {
  const word = String(data).trim();
  if (word === "child") console.log("child " + spawn("sleep", ["60"], { stdio: "ignore" }).pid);
  if (word === "garbage") { lock = undefined; gc(); gc(); console.log("collected"); }
  if (word === "release") { await lock.release(); console.log("released"); }
});
`;

describe("locks across processes", () => {
  let stateDir: string;
  const processes: ChildProcess[] = [];
  const orphans: number[] = [];
  beforeEach(async () => {
    stateDir = await temporary();
  });
  afterEach(async () => {
    for (const child of processes.splice(0)) child.kill("SIGKILL");
    for (const pid of orphans.splice(0)) process.kill(pid, "SIGKILL");
    await rm(stateDir, { recursive: true });
  });

  function start(role: "run" | "recovery") {
    const args = ["--expose-gc", "--input-type=module-typescript", "-e", program, stateDir, role];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    processes.push(child);
    const line = async () => String((await once(child.stdout, "data"))[0]).trim();
    const ask = (word: string) => {
      child.stdin.write(`${word}\n`);
      return line();
    };
    const end = async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    };
    return { pid: child.pid, line, ask, end };
  }

  const locks = () => createLocks({ stateDir, clock });

  it("tells a second process who holds it and refuses it", async () => {
    const first = start("run");
    expect(await first.line()).toBe("held");
    const second = start("run");
    expect(await second.line()).toMatch(
      new RegExp(`^LOCKED unit wp is in use by backup of wp, process ${first.pid}, since \\d{4}-`),
    );
  });

  it("is freed by kill -9, and not kept by the children of the dead", async () => {
    const first = start("run");
    await first.line();
    orphans.push(Number((await first.ask("child")).split(" ")[1]));
    await first.end();
    expect(await locks().holder("unit/wp")).toBeUndefined();
    await (await locks().acquire("unit/wp", "run", "next")).release();
  });

  it("survives the garbage collection of its handle and looks from other processes", async () => {
    const first = start("run");
    await first.line();
    expect(await first.ask("garbage")).toBe("collected");
    for (let look = 0; look < 3; look += 1) {
      expect(await locks().holder("unit/wp")).toMatchObject({ pid: first.pid, role: "run" });
    }
    expect(await locks().tryAcquire("unit/wp", "run", "second")).toBeUndefined();
  });

  it("waits for another process's recovery, also when that is killed", async () => {
    const recovery = start("recovery");
    await recovery.line();
    const waiting = locks().acquire("unit/wp", "run", "backup of wp");
    expect(await Promise.race([waiting, clock.sleep(150)])).toBeUndefined();
    await recovery.end();
    await (await waiting).release();
  });

  it("lets exactly one of many win at once", async () => {
    const all = [1, 2, 3, 4].map(() => start("run"));
    const answers = await Promise.all(all.map((one) => one.line()));
    expect(answers.filter((answer) => answer === "held").length).toBe(1);
    expect(answers.filter((answer) => answer.includes("backup of wp, process")).length).toBe(3);
  });

  it("leaves only private files and says why it cannot lock", async () => {
    await (await locks().acquire("unit/wp", "run", "backup")).release();
    expect(await readdir(join(stateDir, "locks"))).toEqual(["unit%2Fwp.lock"]);
    expect((await stat(join(stateDir, "locks/unit%2Fwp.lock"))).mode & 0o777).toBe(0o600);
    await writeFile(join(stateDir, "file"), "");
    const nowhere = createLocks({ stateDir: join(stateDir, "file"), clock });
    await expect(nowhere.acquire("unit/wp", "run", "backup")).rejects.toMatchObject({
      code: "TOOL_FAILED",
      hint: expect.stringContaining("state_dir"),
    });
  });
});
