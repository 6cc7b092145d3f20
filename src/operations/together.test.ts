import { expect, test } from "vitest";
import { together } from "./together.ts";

const { signal } = new AbortController();

/** Ends when it is aborted. */
const endless = (events: string[]) => (stop: AbortSignal) =>
  new Promise<string>((_, reject) => {
    stop.addEventListener("abort", () => {
      events.push("aborted");
      setImmediate(() => {
        events.push("ended");
        reject(stop.reason);
      });
    });
  });

test("works give their results in order", async () => {
  const works = ["a", "b", "c"].map((text) => async () => text);
  expect(await together(works, 2, signal)).toEqual(["a", "b", "c"]);
  expect(await together([], 2, signal)).toEqual([]);
});

test("a failure aborts the others, and is thrown when they have ended", async () => {
  const events: string[] = [];
  const fails = async () => {
    throw new Error("the disk is full");
  };
  await expect(together([endless(events), fails], 2, signal)).rejects.toThrow("the disk is full");
  expect(events).toEqual(["aborted", "ended"]);
});

test("what waits for its turn does not begin after a failure", async () => {
  const begun: string[] = [];
  const fails = async () => {
    begun.push("first");
    throw new Error("first");
  };
  const second = async () => void begun.push("second");
  await expect(together<void>([fails, second], 1, signal)).rejects.toThrow("first");
  expect(begun).toEqual(["first"]);
});

test("a cancelled run cancels its works", async () => {
  const cancelled = new AbortController();
  const events: string[] = [];
  const running = together([endless(events)], 1, cancelled.signal);
  cancelled.abort(new Error("Ctrl-C"));
  await expect(running).rejects.toThrow("Ctrl-C");
});
