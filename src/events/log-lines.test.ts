import { describe, expect, it } from "vitest";
import { createEntrySource } from "./entry-source.ts";
import type { Event, Happening } from "./event.ts";
import { logLines, percent, progressWords } from "./log-lines.ts";

const at = (happening: Happening, ts = "2026-11-20T02:00:00.000Z"): Event => ({
  v: 1,
  seq: 1,
  ts,
  runId: "r1",
  ...happening,
});

describe("log lines", () => {
  it("gives each stop a line when it happens, each start one, then the downtime", () => {
    const stopped = (name: string) =>
      at({ type: "log", unit: "wp", level: "info", message: `stopped ${name}` });
    expect([
      ...logLines(at({ type: "unit.stopping", unit: "wp", containers: ["wp-web-1"] })),
      ...logLines(stopped("wp-web-1")),
      ...logLines(stopped("wp-db-1")),
      ...logLines(at({ type: "unit.stopped", unit: "wp", containers: ["wp-web-1", "wp-db-1"] })),
      ...logLines(
        at({ type: "unit.started", unit: "wp", containers: ["wp-db-1"], downtimeMs: 412 }),
      ),
      ...logLines(at({ type: "unit.healthy", unit: "wp", readyMs: 1400 })),
    ]).toEqual([
      "2026-11-20T02:00:00.000Z [INFO] wp: stopped wp-web-1",
      "2026-11-20T02:00:00.000Z [INFO] wp: stopped wp-db-1",
      "2026-11-20T02:00:00.000Z [INFO] wp: started wp-db-1",
      "2026-11-20T02:00:00.000Z [SUCCESS] wp: runs again, was down for 0.4 s",
      "2026-11-20T02:00:00.000Z [SUCCESS] wp: ready after 1.4 s",
    ]);
  });

  it.each([
    ["succeeded", "[SUCCESS] stackhold: finished"],
    ["warning", "[WARNING] stackhold: finished with warnings"],
    ["failed", "[ERROR] stackhold: failed"],
    ["cancelled", "[WARNING] stackhold: cancelled"],
  ] as const)("ends a run that %s with a level of its own", (status, line) => {
    expect(logLines(at({ type: "run.finished", status, result: {} }))[0]).toContain(line);
  });

  it("tells once why a run failed, with the hint", () => {
    const error = { code: "LOCKED", message: "in use by another run", hint: "wait for it" };
    expect(logLines(at({ type: "run.finished", status: "failed", result: { error } }))).toEqual([
      "2026-11-20T02:00:00.000Z [ERROR] stackhold: failed: in use by another run",
      "2026-11-20T02:00:00.000Z [ERROR] stackhold: hint: wait for it",
    ]);
    const told = { error: { code: "CANCELLED", message: "cancelled: nothing was touched" } };
    expect(logLines(at({ type: "run.finished", status: "cancelled", result: told }))).toEqual([
      "2026-11-20T02:00:00.000Z [WARNING] stackhold: cancelled: nothing was touched",
    ]);
  });

  it("lets no message pose as another line or reach the terminal's controls", () => {
    const message = "tar: x\n2026-01-01 [SUCCESS] wp: all is well\n\u001b[2Jgone\u0007";
    expect(logLines(at({ type: "warning", unit: "wp", message }))).toEqual([
      "2026-11-20T02:00:00.000Z [WARNING] wp: tar: x",
      "2026-11-20T02:00:00.000Z [WARNING] wp: 2026-01-01 [SUCCESS] wp: all is well",
      "2026-11-20T02:00:00.000Z [WARNING] wp: \\x1b[2Jgone\\x07",
    ]);
  });

  it("says steps only to those who want to know everything", () => {
    const event = at({ type: "step.started", unit: "wp", step: "cold" });
    expect(logLines(event)).toEqual([]);
    expect(logLines(event, "debug")).toEqual(["2026-11-20T02:00:00.000Z [DEBUG] wp: cold"]);
  });

  it("says the progress of long work every ten seconds", () => {
    const source = createEntrySource();
    const seconds = [0, 1, 9, 10, 15, 20, 29];
    const texts = seconds.flatMap((s) => {
      const event = { type: "progress", unit: "wp", subject: "volume:db", bytes: s * 1e6 } as const;
      return source(at(event, new Date(s * 1000).toISOString())).map((entry) => entry.text);
    });
    expect(texts).toEqual(["volume:db: 10.0 MB", "volume:db: 20.0 MB"]);
  });
});

describe("progress in words", () => {
  it("says what is known and no more", () => {
    const known = { totalBytes: 2.1e9, files: 1, rate: 2.1e8, etaMs: 4321 };
    expect(progressWords({ type: "progress", subject: "x", bytes: 1.2e9, ...known })).toEqual([
      "57 %",
      "1.2 GB of 2.1 GB",
      "1 file",
      "210 MB/s",
      "4 s left",
    ]);
    expect(progressWords({ type: "progress", subject: "x", bytes: 5 })).toEqual(["5 B"]);
  });

  it("claims 100 % only when all is done", () => {
    expect([percent(999, 1000), percent(1000, 1000), percent(1200, 1000), percent(0, 0)]).toEqual([
      99, 100, 100, 100,
    ]);
  });
});
