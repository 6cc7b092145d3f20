import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { expect, test } from "vitest";
import { isAlive, ownMark } from "./process-mark.ts";
import { processStart } from "./process-start.ts";

test("knows a process from others that had its number, or have it after a restart", () => {
  const mark = ownMark();
  expect(mark.pid).toBe(process.pid);
  expect(isAlive(mark)).toBe(true);
  expect(isAlive({ ...mark, startTime: "1" })).toBe(false);
  expect(isAlive({ ...mark, boot: "00000000-0000-0000-0000-000000000000" })).toBe(false);
});

test("knows that a process has ended", async () => {
  const child = spawn("sleep", ["1000"]);
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  const mark = { ...ownMark(), pid, startTime: processStart(pid) };
  expect(isAlive(mark)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isAlive(mark)).toBe(false);
  expect(isAlive({ ...mark, startTime: "" })).toBe(false);
});
