import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEventStream, type EventStream } from "../../events/stream.ts";
import { createSystemClock } from "../system-clock/system-clock.ts";
import { createLogFiles, type LogFiles, type LogFilesOptions } from "./log-files.ts";
import { removeOldLogs } from "./old-logs.ts";

describe("log files", () => {
  let root: string;
  let logDir: string;
  let warnings: string[];
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "stackhold-logs-"));
    logDir = join(root, "log");
    warnings = [];
  });
  afterEach(() => rm(root, { recursive: true }));

  function run(more: Partial<LogFilesOptions> = {}): EventStream & { readonly logs: LogFiles } {
    const logs = createLogFiles({
      logDir,
      operation: "backup",
      startedAt: new Date("2026-11-20T02:00:00.789Z"),
      level: "info",
      onWarning: (message) => {
        warnings.push(message);
        stream.emit({ type: "warning", message });
      },
      ...more,
    });
    const stream = createEventStream({
      clock: createSystemClock(),
      runId: "r1",
      sinks: [logs.sink],
    });
    return { ...stream, logs };
  }

  const read = (name: string) => readFile(join(logDir, name), "utf8");

  it("writes each line to the run's log, the rolling log and log_file, privately", async () => {
    const logFile = join(root, "elsewhere", "all.log");
    const { emit, logs } = run({ logFile });
    emit({ type: "log", unit: "wp", level: "info", message: "stopped wp-web-1" });
    emit({ type: "step.started", unit: "wp", step: "cold" });
    const line = /^\d{4}-\d\d-\d\dT[\d:.]+Z \[INFO\] wp: stopped wp-web-1\n$/;
    expect(await readdir(logDir)).toEqual(["backup_2026-11-20T02-00-00Z.log", "stackhold.log"]);
    expect(await read("backup_2026-11-20T02-00-00Z.log")).toMatch(line);
    expect(await read("stackhold.log")).toMatch(line);
    expect(await readFile(logFile, "utf8")).toMatch(line);
    for (const file of [logs.file, join(logDir, "stackhold.log"), logFile]) {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    }
  });

  it("never holds a secret", async () => {
    const { emit, registerSecret, logs } = run();
    registerSecret("hunter22");
    emit({ type: "warning", unit: "wp", message: "login with hunter22 failed" });
    expect(await readFile(logs.file, "utf8")).toContain("login with *** failed");
  });

  it("turns the rolling log over and keeps a few, losing no line on the way", async () => {
    const { emit } = run({ rollAtBytes: 200, keepRolled: 3 });
    for (let n = 0; n < 14; n += 1) emit({ type: "warning", message: `number ${n}.` });
    expect((await readdir(logDir)).sort()).toEqual([
      "backup_2026-11-20T02-00-00Z.log",
      "stackhold.log",
      "stackhold.log.1",
      "stackhold.log.2",
      "stackhold.log.3",
    ]);
    const names = [".3", ".2", ".1", ""].map((end) => `stackhold.log${end}`);
    const all = (await Promise.all(names.map(read))).join("");
    expect([...all.matchAll(/number (\d+)\./g)].map((m) => Number(m[1]))).toEqual(
      Array.from({ length: 14 }, (_, n) => n),
    );
  });

  it("warns once and lets the run go on when the directory cannot be written", async () => {
    await writeFile(logDir, "a file in its place");
    const logFile = join(root, "all.log");
    const { emit } = run({ logFile });
    for (const unit of ["a", "b"]) emit({ type: "log", unit, level: "info", message: "stopped c" });
    expect(warnings).toEqual([
      expect.stringContaining("backup_2026-11-20T02-00-00Z.log cannot be written: "),
      expect.stringContaining("stackhold.log cannot be written: "),
    ]);
    expect((await readFile(logFile, "utf8")).trim().split("\n").length).toBe(4);
  });

  it("removes only its own old logs", async () => {
    const old = ["backup_2026-11-01T02-00-00Z.log", "verify_2026-10-01T02-00-00Z.log"];
    const kept = [
      "backup_2026-11-07T02-00-00Z.log",
      "backup_2026-10-01T02-00-00Z.log.txt",
      "backup_2026-99-01T02-00-00Z.log",
      "mybackup_old.log",
      "stackhold.log",
    ];
    await mkdir(logDir);
    await mkdir(join(logDir, "restore_2026-01-01T00-00-00Z.log"));
    for (const name of [...old, ...kept]) await writeFile(join(logDir, name), "");
    const now = new Date("2026-11-20T02:00:00Z");
    expect(await removeOldLogs(logDir, 0, now)).toEqual([]);
    expect(await removeOldLogs(logDir, 14, now)).toEqual(old);
    const left = [...kept, "restore_2026-01-01T00-00-00Z.log"].sort();
    expect((await readdir(logDir)).sort()).toEqual(left);
    expect(await removeOldLogs(join(root, "nowhere"), 14, now)).toEqual([]);
  });
});
