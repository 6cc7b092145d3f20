import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { Event, Happening } from "../../events/event.ts";
import { width } from "../format/clip.ts";
import { createReporter, type ReporterOptions } from "./reporter.ts";

const unit = (name: string, more: object = {}) => ({
  unit: name,
  kind: "stack",
  status: "succeeded",
  scope: "standard",
  quiesce: "stop",
  freeze: "none",
  downtimeMs: 412,
  readyMs: 3200,
  durationMs: 12_000,
  repositories: [{ name: "local", status: "succeeded", storedBytes: 9e8 }],
  parts: [
    {
      kind: "volume",
      name: "data",
      source: "wp_data",
      bytes: 2.1e9,
      storedBytes: 8.12e8,
      files: 10,
      deltaBytes: 0,
    },
  ],
  coverage: { protected: [], excluded: [], gaps: [] },
  warnings: [],
  ...more,
});

const backup = {
  schemaVersion: 1,
  runId: "r1",
  backupId: "2026-11-20T02-00-00Z",
  host: "web01",
  trigger: "manual",
  dryRun: false,
  status: "failed",
  startedAt: "2026-11-20T02:00:00.000Z",
  finishedAt: "2026-11-20T02:00:27.000Z",
  units: [
    unit("wp"),
    unit("gitea", {
      status: "failed",
      parts: [],
      downtimeMs: 0,
      readyMs: 0,
      error: { code: "NO_SPACE", class: "environment", message: "disk full", hint: "free some" },
    }),
  ],
  repositories: [
    {
      name: "local",
      disk: { totalBytes: 1e12, usedBytes: 4.2e11, freeBytes: 5.3e11, usedPercent: 45 },
    },
  ],
  retention: { deleted: 2, freedBytes: 3.4e9 },
};

const story: Happening[] = [
  { type: "run.started", operation: "backup", units: ["wp", "gitea"], backupId: backup.backupId },
  { type: "step.started", unit: "wp", step: "quiesce" },
  { type: "unit.stopping", unit: "wp", containers: ["wp-web-1"] },
  { type: "log", unit: "wp", level: "info", message: "stopped wp-web-1" },
  { type: "unit.stopping", unit: "wp", containers: [] },
  { type: "unit.stopped", unit: "wp", containers: ["wp-web-1"] },
  { type: "step.finished", unit: "wp", step: "quiesce", durationMs: 300 },
  { type: "step.started", unit: "wp", step: "cold" },
  { type: "progress", unit: "wp", subject: "volume:data", bytes: 1e9, totalBytes: 2e9, rate: 2e8 },
  { type: "warning", unit: "wp", message: "cache is not protected" },
];

function stage(options: Partial<ReporterOptions> = {}) {
  const time = { ms: 0 };
  const written = { stdout: "", stderr: "" };
  const output = (name: "stdout" | "stderr") => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const reporter = createReporter({
    json: false,
    events: false,
    quiet: false,
    verbose: false,
    color: false,
    isTty: false,
    columns: 80,
    stdout: output("stdout"),
    stderr: output("stderr"),
    clock: { now: () => new Date(0), monotonic: () => time.ms, sleep: () => Promise.resolve() },
    ...options,
  });
  let seq = 0;
  const tell = (...happenings: Happening[]) => {
    for (const happening of happenings) {
      seq += 1;
      const ts = "2026-11-20T02:00:00.000Z";
      const event: Event = { v: 1, seq, ts, runId: "r1", ...happening };
      reporter.sink(event);
      time.ms += 100;
    }
  };
  return { ...reporter, tell, time, written };
}

const finished: Happening = { type: "run.finished", status: "failed", result: backup };
const ending = { document: backup, text: "the text", failed: false };
const failure = { document: { error: { code: "LOCKED" } }, text: "error: locked", failed: true };

/** What a terminal of so many columns shows after those characters. */
function shown(text: string, columns = Number.POSITIVE_INFINITY): string[] {
  const rows: string[] = [""];
  let row = 0;
  let column = 0;
  const put = (token: string) => {
    for (const character of token) {
      if (column === columns) [row, column] = [row + 1, 0];
      const before = rows[row] ?? "";
      rows[row] = before.slice(0, column) + character + before.slice(column + character.length);
      column += character.length;
    }
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal reads control characters
  for (const token of stripColours(text).match(/\u001b\[\d*[AJK]|\r|\n|[^\u001b\r\n]+/g) ?? []) {
    if (token === "\n") [row, column] = [row + 1, 0];
    else if (token === "\r") column = 0;
    else if (token.endsWith("A") && token.startsWith("\u001b")) row -= Number(token.slice(2, -1));
    else if (token === "\u001b[2K") rows[row] = "";
    else if (token === "\u001b[0J") rows.length = row;
    else put(token);
    rows[row] ??= "";
  }
  return rows.slice(0, -1);
}

function stripColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
  return text.replace(/\u001b\[[\d;]*m/g, "");
}

describe("on a terminal", () => {
  it("shows what happened above what happens, with the running downtime", () => {
    const { tell, written } = stage({ isTty: true });
    tell(...story);
    expect(shown(written.stdout)).toEqual([
      "• backup of wp, gitea started (2026-11-20T02-00-00Z)",
      "• wp stopped wp-web-1",
      "▲ wp cache is not protected",
      "⠏ wp 1 of 2  copying 0.2 s  down for 0.8 s",
      "  volume:data  ━━━━━─────  50 %  1.0 GB of 2.0 GB  200 MB/s",
    ]);
  });

  it("ends in a table, with nothing left of what was drawn", () => {
    const { tell, finish, written } = stage({ isTty: true });
    tell(...story, finished);
    finish(ending);
    expect(shown(written.stdout).slice(3)).toEqual([
      "",
      "UNIT   RESULT     DOWN  READY    DATA  STORED  TIME",
      "wp     ✔ saved   0.4 s  3.2 s  2.1 GB  900 MB  12 s",
      "gitea  ✖ failed                                12 s",
      "✖ gitea: disk full",
      "  free some",
      "",
      "1 of 2 units backed up as 2026-11-20T02-00-00Z in 27 s",
      "2 old points deleted (3.4 GB)",
      "local: 530 GB free of 1.0 TB",
    ]);
  });

  it.each([24, 40, 80, 160])("never draws wider than %d columns", (columns) => {
    const { tell, written } = stage({ isTty: true, columns, color: true });
    const subject = "bind:/srv/日本語/a-rather-long-path-that-goes-on-and-on";
    tell(...story.slice(1, 9), { type: "progress", unit: "wp", subject, bytes: 1, totalBytes: 2 });
    tell({ type: "step.started", unit: "wp", step: "finish" });
    const drawn = shown(written.stdout).filter((line) => !line.startsWith("•"));
    expect(drawn.length).toBe(3);
    expect(Math.max(...drawn.map(width))).toBeLessThan(columns);
  });

  it("leaves nothing of what was drawn beside a line that is wider than the terminal", () => {
    const { tell, written } = stage({ isTty: true, columns: 60 });
    const message = `${"x".repeat(70)} is not protected`;
    tell(...story.slice(1), { type: "warning", unit: "wp", message });
    expect(shown(written.stdout, 60).slice(2, 6)).toEqual([
      "▲ wp",
      `  ${"x".repeat(58)}`,
      "x".repeat(12),
      "  is not protected",
    ]);
  });

  it("has colours only when asked for", () => {
    const plain = stage({ isTty: true });
    plain.tell(...story, finished);
    plain.finish(ending);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
    expect(plain.written.stdout).not.toMatch(/\u001b\[[\d;]*m/);
    const coloured = stage({ isTty: true, color: true });
    coloured.tell(...story);
    expect(coloured.written.stdout).toContain("\u001b[33m");
  });

  it("prints the answer of what is no backup, and errors on stderr", () => {
    const { finish, written } = stage({ isTty: true });
    finish({ document: [], text: "wordpress (stack, 3 containers)", failed: false });
    finish(failure);
    expect(written).toEqual({
      stdout: "wordpress (stack, 3 containers)\n",
      stderr: "error: locked\n",
    });
  });
});

describe("what is waited for", () => {
  it("is named while containers stop", () => {
    const { tell, written } = stage({ isTty: true });
    tell(...story.slice(0, 3));
    expect(shown(written.stdout).at(-1)).toMatch(
      /^. wp 1 of 2 {2}stopping .* waiting for wp-web-1$/,
    );
  });
});

const warned: Happening = {
  ...{ type: "warning", unit: "wp", message: "its data changed", saidBy: "result" },
};
const failing: Happening = {
  ...{ type: "run.finished", status: "failed", result: { error: { message: "locked" } } },
};
const times = (text: string, part: string) => text.split(part).length - 1;

describe("nothing is said twice", () => {
  it.each([
    ["on a terminal", { isTty: true }],
    ["in a pipe", {}],
    ["with --quiet", { quiet: true }],
    ["with --json", { json: true }],
    ["with --json and --quiet", { json: true, quiet: true }],
  ])("why a run failed: %s", (_, options) => {
    const { tell, finish, written } = stage(options);
    tell(...story.slice(0, 1), failing);
    finish({ ...failure, document: {} });
    expect(times(written.stdout + written.stderr, "locked")).toBe(1);
    expect(written.stderr).toContain("error: locked");
  });

  it.each([
    ["on a terminal", { isTty: true }, 0],
    ["in a pipe", {}, 0],
    ["with --quiet", { quiet: true }, 1],
    ["with --json", { json: true }, 1],
  ])("what the result says again: %s", (_, options, said) => {
    const { tell, finish, written } = stage(options);
    tell(warned);
    finish(ending);
    expect(times(written.stdout + written.stderr, "its data changed")).toBe(said);
  });

  it("but it is said where there is no result", () => {
    const { tell, finish, written } = stage();
    tell(...story.slice(0, 1), warned);
    finish(failure);
    expect(times(written.stdout + written.stderr, "its data changed")).toBe(1);
  });

  it("and what only the log has room for is left to it and to programs", () => {
    const flood: Happening = { type: "warning", message: "no space left", saidBy: "log" };
    for (const options of [{ isTty: true }, {}, { quiet: true }, { json: true }]) {
      const { tell, written } = stage(options);
      tell(flood);
      expect(written.stdout + written.stderr).not.toContain("no space left");
    }
    const programs = stage({ events: true });
    programs.tell(flood);
    expect(programs.written.stdout).toContain("no space left");
  });
});

describe("off a terminal", () => {
  it("writes plain lines as in the log, then the text", () => {
    const { tell, finish, written } = stage({ color: true });
    tell(...story, finished);
    finish(ending);
    const { stdout } = written;
    expect(stripVTControlCharacters(stdout)).toBe(stdout);
    expect(stdout.trim().split("\n")).toEqual([
      "2026-11-20T02:00:00.000Z [INFO] stackhold: backup of wp, gitea started (2026-11-20T02-00-00Z)",
      "2026-11-20T02:00:00.000Z [INFO] wp: stopped wp-web-1",
      "2026-11-20T02:00:00.000Z [WARNING] wp: cache is not protected",
      "2026-11-20T02:00:00.000Z [ERROR] stackhold: failed",
      "the text",
    ]);
  });

  it("says the steps too when verbose", () => {
    const { tell, written } = stage({ verbose: true });
    tell(...story);
    expect(written.stdout).toContain("[DEBUG] wp: cold\n");
  });
});

describe("--quiet", () => {
  it("says only what is wrong, on stderr", () => {
    const { tell, finish, written } = stage({ quiet: true });
    tell(...story, finished);
    finish(ending);
    expect(written.stdout).toBe("");
    expect(written.stderr).toBe("2026-11-20T02:00:00.000Z [WARNING] wp: cache is not protected\n");
  });

  it("still answers a question, and tells errors", () => {
    const { finish, written } = stage({ quiet: true });
    finish({ ...ending, text: "a list" });
    finish(failure);
    expect(written).toEqual({ stdout: "a list\n", stderr: "error: locked\n" });
  });
});

describe("--json", () => {
  it("prints exactly one document on stdout, what happens on stderr, the result nowhere else", () => {
    const { tell, finish, written } = stage({ json: true, isTty: true });
    tell(...story, finished);
    finish(ending);
    expect(JSON.parse(written.stdout)).toEqual(backup);
    expect(written.stderr).toContain("[INFO] wp: stopped wp-web-1\n");
    expect(written.stderr).not.toContain("the text");
  });

  it("prints the error's document too", () => {
    const { finish, written } = stage({ json: true, quiet: true });
    finish(failure);
    expect(JSON.parse(written.stdout)).toEqual(failure.document);
    expect(written.stderr).toBe("error: locked\n");
  });
});

describe("--events", () => {
  it("prints one event a line, run.finished with the result last", () => {
    const { tell, finish, written } = stage({ events: true });
    tell(...story, finished);
    finish(ending);
    const events = written.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(-1)).toMatchObject({ type: "run.finished", result: backup });
    expect(written.stderr).toBe("");
  });

  it("prints the document where nothing ran", () => {
    const { finish, written } = stage({ events: true });
    finish(failure);
    expect(written.stdout).toBe('{"error":{"code":"LOCKED"}}\n');
  });
});

describe("a reader that is gone", () => {
  it("does not disturb the run, whether writing throws or fails later", () => {
    const listeners: ((error: Error) => void)[] = [];
    let writes = 0;
    const stdout = {
      write: () => {
        writes += 1;
      },
      on: (_: "error", listener: (error: Error) => void) => listeners.push(listener),
    };
    const late = stage({ stdout });
    late.tell(...story.slice(0, 1));
    for (const listener of listeners) listener(new Error("EPIPE"));
    late.tell(...story);
    expect(writes).toBe(1);
    const broken = {
      write: () => {
        throw new Error("EIO");
      },
    };
    const early = stage({ stdout: broken, isTty: true });
    early.tell(...story, finished);
    early.finish(ending);
  });
});
