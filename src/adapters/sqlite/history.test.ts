import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { historyContract } from "../../ports/history.contract.ts";
import type { RunRecord } from "../../ports/history.ts";
import { createHistory } from "./history.ts";

const temporary = () => mkdtemp(join(tmpdir(), "stackhold-history-"));

historyContract(async () => {
  const stateDir = await temporary();
  const history = createHistory({ stateDir, onWarning: (text) => expect.fail(text) });
  return {
    history,
    cleanUp: async () => {
      history[Symbol.dispose]();
      await rm(stateDir, { recursive: true });
    },
  };
});

const run: RunRecord = {
  runId: "r1",
  operation: "backup",
  trigger: "manual",
  status: "running",
  startedAt: "2026-11-20T02:00:00.000Z",
  units: ["wp"],
};

describe("the history file", () => {
  let stateDir: string;
  let file: string;
  let warnings: string[];
  beforeEach(async () => {
    stateDir = await temporary();
    file = join(stateDir, "history.db");
    warnings = [];
  });
  afterEach(() => rm(stateDir, { recursive: true }));

  const open = (dir = stateDir) =>
    createHistory({ stateDir: dir, onWarning: (text) => warnings.push(text) });

  it("is private, and still there for the next process", async () => {
    using first = open();
    first.startRun(run);
    for (const suffix of ["", "-wal", "-shm"]) {
      expect((await stat(file + suffix)).mode & 0o777).toBe(0o600);
    }
    using second = open();
    expect(second.runs({})).toEqual([run]);
  });

  it("is refused when a newer Stackhold wrote it, and left as it is", async () => {
    const newer = new DatabaseSync(file);
    newer.exec("PRAGMA user_version = 99");
    newer.close();
    const before = await readFile(file);
    using history = open();
    expect(() => history.runs({})).toThrow(expect.objectContaining({ code: "NEWER_FORMAT" }));
    expect(await readFile(file)).toEqual(before);
  });

  it("begins anew when the file is no database, keeping the old one aside", async () => {
    await writeFile(
      file,
      "this is not a database, but it is long enough to be looked at".repeat(40),
    );
    using history = open();
    history.startRun(run);
    expect(history.runs({})).toEqual([run]);
    expect(warnings).toEqual([expect.stringContaining("history.db.damaged")]);
    expect(await readFile(`${file}.damaged`, "utf8")).toContain("not a database");
  });

  it("begins anew when a page is damaged in the middle of its life", async () => {
    {
      using history = open();
      for (let n = 0; n < 300; n += 1) history.startRun({ ...run, runId: `r${n}` });
    }
    const content = await readFile(file);
    content.fill(0x5a, 4096);
    await writeFile(file, content);
    using history = open();
    expect(history.runs({})).toEqual([]);
    history.startRun(run);
    expect(history.runs({})).toEqual([run]);
    expect(warnings.length).toBe(1);
  });

  it("warns, and lets the run go on, when it cannot be written", async () => {
    await writeFile(join(stateDir, "plain"), "");
    using history = open(join(stateDir, "plain"));
    history.startRun(run);
    expect(warnings).toEqual([expect.stringContaining("cannot use the history")]);
    expect(() => history.runs({})).toThrow(expect.objectContaining({ code: "TOOL_FAILED" }));
  });

  it("says in words that the disk is full, and that nothing was noted", async () => {
    const disk = join(stateDir, "disk");
    await mkdir(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256K", "none", disk]);
    try {
      using history = open(disk);
      expect(history.finishRun({ ...run, status: "succeeded" })).toBe(true);
      await writeFile(join(disk, "other"), Buffer.alloc(1 << 20)).catch(() => undefined);
      const result = "x".repeat(100_000);
      expect(history.finishRun({ ...run, status: "succeeded", result })).toBe(false);
      using late = open(disk);
      late.startRun(run);
      const words = `cannot use the history: no space left on the disk of ${disk}`;
      expect(warnings).toEqual([words, words]);
    } finally {
      execFileSync("umount", ["--lazy", disk]);
    }
  });

  it("is opened and filled by several processes at once", async () => {
    const program = `
      import { createHistory } from ${JSON.stringify(join(import.meta.dirname, "history.ts"))};
      const [stateDir, id] = process.argv.slice(1);
      const history = createHistory({ stateDir, onWarning: (t) => { console.error(t); process.exit(1); } });
      const run = ${JSON.stringify(run)};
      for (let n = 0; n < 20; n++) history.startRun({ ...run, runId: id + "-" + n });
    `;
    const codes = ["a", "b", "c"].map(async (id) => {
      const args = ["--input-type=module-typescript", "-e", program, stateDir, id];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
      return (await once(child, "exit"))[0];
    });
    expect(await Promise.all(codes)).toEqual([0, 0, 0]);
    using history = open();
    expect(history.runs({}).length).toBe(60);
  });
});
