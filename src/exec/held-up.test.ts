import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { holdUps, watchHeldUp } from "./held-up.ts";

let root = "";
const started: ChildProcess[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stackhold-held-up-"));
  execFileSync("mkfifo", [join(root, "fifo")]);
  writeFileSync(join(root, "file"), "content");
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
  rmSync(root, { recursive: true });
});

function start(script: string): number {
  const child = spawn("sh", ["-euc", script], { cwd: root, stdio: ["pipe", "pipe", "inherit"] });
  started.push(child);
  return child.pid ?? 0;
}

/** What it is held up by, as soon as that is anything. */
async function found(pid: number): Promise<string[]> {
  for (;;) {
    const all = await holdUps(pid);
    if (all.size > 0) return [...all];
    await delay(10);
  }
}

describe("a process that reads files", () => {
  it("is held up by a FIFO that it waits to open", async () => {
    const pid = start("exec cat < fifo");
    expect(await found(pid)).toEqual([`thread ${pid}`]);
  });

  it("is held up by a FIFO that it has opened, and nobody writes", async () => {
    const pid = start("exec 7<> fifo; exec cat <&7");
    expect(await found(pid)).toEqual([`7 ${join(root, "fifo")}`]);
  });

  it("is held up by a device that it reads", async () => {
    const pid = start("exec 8< /dev/zero; exec cat <&8 > /dev/null");
    expect(await found(pid)).toEqual(["8 /dev/zero"]);
  });

  it("is told of once, and ended by whoever watches", async () => {
    const pid = start("exec cat < fifo");
    await new Promise<void>((resolve) => watchHeldUp(pid, resolve));
  });

  it("is not held up by files, directories, and pipes of its own", async () => {
    const pid = start("exec 7< file 8< . 9<&0; echo ready; exec cat");
    const [child] = started;
    await once(child?.stdout ?? process, "data");
    expect([...(await holdUps(pid))]).toEqual([]);
  });

  it("is not held up once it is gone", async () => {
    const pid = start("exit");
    await once(started[0] ?? process, "exit");
    started.pop();
    expect([...(await holdUps(pid))]).toEqual([]);
  });
});
