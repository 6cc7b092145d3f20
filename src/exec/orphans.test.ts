import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { endOrphans } from "./orphans.ts";

const here = (file: string) => JSON.stringify(join(import.meta.dirname, file));

/** Starts a shell that starts a sleep, says both numbers, and stays. */
const program = `
import { parentMark } from ${here("orphans.ts")};
import { createRunner } from ${here("runner.ts")};
const runner = createRunner({ environment: process.env, monotonic: () => 0 });
const stdout = { separator: String.fromCharCode(10), onRecords: (records) => console.log(String(records[0])) };
runner.run({ program: "sh", args: ["-c", "sleep 60 & echo $$ $!; wait"] }, { stdout, environment: parentMark() });
setInterval(() => {}, 1000);
`;

const children: ChildProcess[] = [];
const orphans: number[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const pid of orphans.splice(0)) if (isAtWork(pid)) process.kill(pid, "SIGKILL");
});

async function startRun() {
  const args = ["--input-type=module-typescript", "-e", program];
  const run = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(run);
  const pids = String((await once(run.stdout, "data"))[0])
    .trim()
    .split(" ")
    .map(Number);
  orphans.push(...pids);
  return { run, pids };
}

function isAtWork(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  return !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
}

it("ends the marked children of a process that was killed, and theirs, but not those of one that lives", async () => {
  const dead = await startRun();
  const alive = await startRun();
  dead.run.kill("SIGKILL");
  await once(dead.run, "exit");
  expect(dead.pids.filter(isAtWork)).toEqual(dead.pids);
  await endOrphans();
  expect(dead.pids.filter(isAtWork)).toEqual([]);
  expect(alive.pids.filter(isAtWork)).toEqual(alive.pids);
});
