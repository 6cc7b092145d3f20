import { describe, expect, it } from "vitest";
import { createSystemClock } from "./system-clock.ts";

describe("the system clock", () => {
  const clock = createSystemClock();

  it("sleeps for the time, by a clock that only goes forward", async () => {
    const began = clock.monotonic();
    await clock.sleep(20);
    expect(clock.monotonic() - began).toBeGreaterThanOrEqual(19);
  });

  it("wakes at once, without an error, when the signal fires before or during the sleep", async () => {
    const controller = new AbortController();
    const sleeping = clock.sleep(60_000, controller.signal);
    controller.abort();
    await sleeping;
    await clock.sleep(60_000, controller.signal);
  });

  it("tells the time of day", () => {
    expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(1000);
  });
});
