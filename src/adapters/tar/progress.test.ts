import { spawn } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { afterEach, expect, test, vi } from "vitest";
import { watchProgress } from "./progress.ts";

afterEach(() => vi.useRealTimers());

test("reports as long as a process reads or writes, and nothing of one that hangs", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const cat = spawn("cat", { stdio: ["pipe", "pipe", "ignore"] });
  const moves = async () => {
    cat.stdin.write("x");
    await once(cat.stdout, "data");
  };
  let told = 0;
  let heard = () => {};
  const onProgress = () => {
    told += 1;
    heard();
  };
  const end = watchProgress(cat.pid, "/no/such/file", { onProgress }, () => undefined);
  const report = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    heard = resolve;
    vi.advanceTimersByTime(500);
    return promise;
  };
  await moves();
  await report();
  vi.advanceTimersByTime(5000);
  // A report is a few looks at files: it is over when as many others are.
  for (let looks = 0; looks < 200; looks += 1) await stat("/proc/self/io");
  await moves();
  await report();
  expect(told).toBe(2);
  end();
  cat.kill();
});
