import { describe, expect, it } from "vitest";
import type { Clock } from "../ports/clock.ts";
import type { Event, Happening, ProgressHappening } from "./event.ts";
import { createEventStream, type Sink } from "./stream.ts";

function bench(extraSinks: Sink[] = [], onSinkFailure?: (error: unknown) => void) {
  const time = { ms: 0 };
  const clock: Clock = {
    now: () => new Date(time.ms),
    monotonic: () => time.ms,
    sleep: () => Promise.resolve(),
  };
  const events: Event[] = [];
  const stream = createEventStream({
    clock,
    runId: "r1",
    sinks: [...extraSinks, (event) => events.push(event)],
    ...(onSinkFailure === undefined ? {} : { onSinkFailure }),
  });
  return { time, events, ...stream };
}

const progress = (bytes: number, unit = "a", subject = "volume:data"): ProgressHappening => ({
  type: "progress",
  unit,
  subject,
  bytes,
});
const stopped = (unit: string): Happening => ({ type: "unit.stopped", unit, containers: [] });

describe("the event stream", () => {
  it("numbers from 1 without holes and stamps version, time and run", () => {
    const { emit, events, time } = bench();
    emit({ type: "warning", message: "one" });
    time.ms = 1500;
    emit({ type: "warning", message: "two" });
    expect(events).toEqual([
      {
        v: 1,
        seq: 1,
        ts: "1970-01-01T00:00:00.000Z",
        type: "warning",
        runId: "r1",
        message: "one",
      },
      {
        v: 1,
        seq: 2,
        ts: "1970-01-01T00:00:01.500Z",
        type: "warning",
        runId: "r1",
        message: "two",
      },
    ]);
  });

  it("delivers each subject's progress at most five times a second, the last one always", () => {
    const { emit, events, time } = bench();
    for (time.ms = 0; time.ms < 2000; time.ms += 10) emit(progress(time.ms));
    expect(events.length).toBe(10);
    emit(stopped("a"));
    expect(events.at(-2)).toMatchObject({ type: "progress", bytes: 1990 });
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  });

  it("flushes a unit's progress before its own changes of state, not before others'", () => {
    const { emit, events } = bench();
    for (const amount of [1, 2]) for (const unit of ["a", "b"]) emit(progress(amount, unit));
    emit(stopped("a"));
    emit({ type: "log", unit: "b", level: "info", message: "still going" });
    expect(events.slice(2).map((e) => [e.type, "unit" in e && e.unit])).toEqual([
      ["progress", "a"],
      ["unit.stopped", "a"],
      ["log", "b"],
    ]);
    emit({ type: "run.finished", status: "succeeded", result: {} });
    expect(events.slice(5).map((e) => e.type)).toEqual(["progress", "run.finished"]);
  });

  it("ends with run.finished whatever is emitted later", () => {
    const { emit, events } = bench();
    emit({ type: "run.finished", status: "failed", result: {} });
    emit(progress(1));
    expect(events.map((e) => e.type)).toEqual(["run.finished"]);
  });

  it("scrubs registered secrets before any sink, but never its own words", () => {
    const { emit, events, registerSecret } = bench();
    registerSecret("cold");
    registerSecret("s3cret/key");
    emit({ type: "step.started", step: "cold", detail: "with s3cret%2Fkey" });
    emit({ type: "run.finished", status: "failed", result: { e: ["czNjcmV0L2tleQ=="] } });
    expect(events[0]).toMatchObject({ step: "cold", detail: "with ***" });
    expect(events[1]).toMatchObject({ result: { e: ["***"] } });
  });

  it("goes on when a sink fails, and tells of it once", () => {
    const failures: unknown[] = [];
    const broken = () => {
      throw new Error("EPIPE");
    };
    const { emit, events } = bench([broken], (error) => failures.push(error));
    emit(stopped("a"));
    emit(stopped("b"));
    expect(events.length).toBe(2);
    expect(failures).toEqual([new Error("EPIPE")]);
  });

  it("keeps the order for every sink when a sink emits itself", () => {
    const echo: Sink = (event) => {
      if (event.type === "unit.stopped") emit({ type: "warning", message: "echo" });
    };
    const { emit, events } = bench([echo]);
    emit(stopped("a"));
    expect(events.map((e) => [e.seq, e.type])).toEqual([
      [1, "unit.stopped"],
      [2, "warning"],
    ]);
  });
});
