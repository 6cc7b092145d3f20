import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { createRunner, type Runner } from "../../exec/runner.ts";
import { earlyFlush } from "./flush.ts";

const real = createRunner({
  environment: { PATH: "/usr/bin:/bin" },
  monotonic: () => performance.now(),
});

/** Counts how often it runs `sync`; the first time may fail. */
function counting(failsFirst: boolean): { readonly runner: Runner; readonly runs: () => number } {
  let runs = 0;
  const run: Runner["run"] = (command, options) => {
    runs += 1;
    return real.run(failsFirst && runs === 1 ? { program: "false", args: [] } : command, options);
  };
  return { runner: { ...real, run }, runs: () => runs };
}

test("flushes once more at the end, and early only when much was written", async () => {
  const { runner, runs } = counting(false);
  const flushing = earlyFlush(runner, tmpdir());
  flushing.reached(100e6);
  expect(runs()).toBe(0);
  flushing.reached(300e6);
  flushing.reached(900e6);
  expect(runs()).toBe(1);
  await flushing.finish();
  expect(runs()).toBe(2);
});

test("does not forget that an early flush failed", async () => {
  const { runner } = counting(true);
  const flushing = earlyFlush(runner, tmpdir());
  flushing.reached(300e6);
  await expect(flushing.finish()).rejects.toMatchObject({ code: "TOOL_FAILED" });
});
