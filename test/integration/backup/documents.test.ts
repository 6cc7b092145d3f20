import { createHash } from "node:crypto";
import { readdir, readFile, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listedPointSchema } from "../../../src/domain/point-results.ts";
import { backupResultSchema } from "../../../src/domain/results.ts";
import { describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { ofData, pointDirectory } from "../../support/archives.ts";
import { composeFile, healthcheck, image, service } from "../../support/services.ts";
import { type StackAtWork, stackAtWork } from "../../support/stack-at-work.ts";
import type { Finished } from "../../support/stackhold.ts";

const utc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const keysOf = (value: object) => Object.keys(value).toSorted();
const words = (text: string) => text.split(/\s+/).filter(Boolean).toSorted();

let at: StackAtWork;
let done: Finished;
let streamed: Finished;

/** One stack and two runs, of which these tests read what they left. */
describeWithEngine("after two backups", () => {
  beforeAll(async () => {
    const app = service({ healthcheck, volumes: ["data:/data", "./site:/site:ro"] });
    const files = { "site/index.html": "<p>hello</p>" };
    at = await stackAtWork(composeFile({ app }, { data: {} }), { files });
    await at.stack.exec("app", ["sh", "-c", "echo 12345 > /data/five; ln -s five /data/link"]);
    await at.until((all) => all[at.named("app")]?.health === "healthy");
    done = await at.workspace.stackhold(["backup", at.stack.name, "--json"]);
    streamed = await at.workspace.stackhold(["backup", at.stack.name, "--events"]);
  });
  afterAll(() => at[Symbol.asyncDispose]());

  it("--json is one document with the promised keys, and stderr says what happened", () => {
    expect(done.code).toBe(0);
    const document = done.json();
    expect(backupResultSchema.parse(document)).toEqual(document);
    expect(keysOf(document)).toEqual(
      words(`schemaVersion runId backupId host trigger dryRun status startedAt finishedAt units
             repositories retention`),
    );
    const [unit] = document.units;
    expect(keysOf(unit)).toEqual(
      words(`unit kind status scope quiesce freeze downtimeMs readyMs durationMs repositories
             parts coverage warnings`),
    );
    expect(keysOf(unit.repositories[0])).toEqual(words("name status storedBytes"));
    for (const part of unit.parts) {
      expect(keysOf(part)).toEqual(
        words("kind name source bytes storedBytes files deltaBytes sha256"),
      );
    }
    expect(keysOf(unit.coverage)).toEqual(words("protected excluded gaps"));
    expect(document.retention).toEqual({ deleted: 0, freedBytes: 0 });
    expect(done.stderr).toContain("[INFO]");
    expect(done.stderr).not.toContain(`${at.stack.name}: ok, `);
  });

  it("--json tells times in RFC 3339, durations in whole milliseconds, sizes in bytes", async () => {
    const document = done.json();
    const [unit] = document.units;
    expect(document).toMatchObject({
      schemaVersion: 1,
      host: "testhost",
      trigger: "manual",
      status: "succeeded",
      startedAt: expect.stringMatching(utc),
      finishedAt: expect.stringMatching(utc),
      runId: expect.stringMatching(uuid),
      backupId: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/),
    });
    expect(unit).toMatchObject({
      kind: "stack",
      scope: "standard",
      quiesce: "stop",
      freeze: "two-phase",
    });
    for (const key of ["downtimeMs", "readyMs", "durationMs"]) {
      expect(unit[key]).toSatisfy(Number.isInteger);
      expect(unit[key]).toBeGreaterThan(0);
    }
    const [project, volume] = ofData<(typeof unit.parts)[number]>(unit.parts);
    expect(project).toMatchObject({ kind: "project", name: "", source: at.stack.dir });
    const source = `${at.stack.name}_data`;
    expect(volume).toMatchObject({ kind: "volume", name: "data", source, bytes: 6, files: 3 });
    const directory = pointDirectory(at.workspace, at.stack.name, document.backupId);
    const file = await readFile(join(directory, "volume-data.tar.zst"));
    const names = (await readdir(directory)).filter((name) => name.startsWith("volume-data."));
    const sizes = await Promise.all(names.map(async (n) => (await stat(join(directory, n))).size));
    expect(volume.storedBytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect(volume.deltaBytes).toBeLessThan(volume.storedBytes);
    expect(volume.sha256).toBe(createHash("sha256").update(file).digest("hex"));
    expect(unit.repositories).toEqual([
      {
        name: "local",
        status: "succeeded",
        storedBytes: unit.parts.reduce(
          (sum: number, part: { storedBytes: number }) => sum + part.storedBytes,
          0,
        ),
      },
    ]);
    const { blocks, bsize } = await statfs(at.workspace.backupDir);
    const { stdout } = await run(["df", "--output=pcent", at.workspace.backupDir]);
    const [{ disk }] = document.repositories;
    expect(disk.totalBytes).toBe(blocks * bsize);
    expect(
      Math.abs(disk.usedPercent - Number.parseInt(stdout.split("\n")[1] ?? "", 10)),
    ).toBeLessThan(2);
    expect(disk.freeBytes).toBeLessThanOrEqual(disk.totalBytes - disk.usedBytes);
  });

  it("--events is one event a line, from run.started to run.finished, without a hole", () => {
    expect(streamed.code).toBe(0);
    const events = streamed.events();
    expect(streamed.stdout.endsWith("\n")).toBe(true);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    const [{ runId }] = events;
    for (const event of events) {
      expect(event).toMatchObject({ v: 1, runId, ts: expect.stringMatching(utc) });
    }
    expect(events[0]).toMatchObject({ type: "run.started", units: [at.stack.name] });
    const { type, status, result } = events.at(-1);
    expect({ type, status }).toEqual({ type: "run.finished", status: "succeeded" });
    expect(backupResultSchema.parse(result)).toEqual(result);
    const steps = (kind: string) =>
      events.filter((event) => event.type === kind).map((event) => event.step);
    const order = ["plan", "preflight", "hot", "quiesce", "cold", "restart", "finish", "after"];
    expect(steps("step.started")).toEqual(order);
    expect(steps("step.finished")).toEqual(order);
    const [stopped, started, healthy] = ["unit.stopped", "unit.started", "unit.healthy"].map(
      (wanted) => events.find((event) => event.type === wanted),
    );
    const told = (text: string) => events.findIndex(({ message }) => message === text);
    expect(told(`stopped ${at.named("app")}`)).toBeLessThan(events.indexOf(stopped));
    expect(events.find(({ type }) => type === "unit.stopping")).toMatchObject({
      containers: [at.named("app")],
    });
    expect(stopped).toMatchObject({ unit: at.stack.name, containers: [at.named("app")] });
    expect(started).toMatchObject({ containers: [at.named("app")] });
    expect(started.downtimeMs).toBe(result.units[0].downtimeMs);
    expect(healthy.readyMs).toBe(result.units[0].readyMs);
    const progress = events.filter((event) => event.type === "progress").at(-1);
    expect(progress).toMatchObject({ unit: at.stack.name, subject: expect.any(String) });
  });

  it("list units, points and runs are plain arrays with the promised keys", async () => {
    const list = async (...args: string[]) =>
      (await at.workspace.stackhold(["list", ...args, "--json"])).json();
    const units: Record<string, unknown>[] = await list("units");
    const latest = streamed.events()[0].backupId;
    expect(units.find(({ unit }) => unit === at.stack.name)).toEqual({
      unit: at.stack.name,
      kind: "stack",
      state: "running",
      workingDir: at.stack.dir,
      services: [
        {
          name: "app",
          image,
          digest: expect.stringContaining("@sha256:"),
          state: "running",
          health: "healthy",
        },
      ],
      volumes: [`${at.stack.name}_data`],
      binds: [join(at.stack.dir, "site")],
      skipStop: false,
      lastPoint: latest,
      overdue: false,
      gaps: [],
    });
    const points = await list("points", at.stack.name);
    expect(points).toHaveLength(2);
    expect(listedPointSchema.array().parse(points)).toEqual(points);
    expect(points[0]).toMatchObject({ backupId: latest, status: "complete", pinned: false });
    expect(points[1].backupId).toBe(done.json().backupId);
    const runs = await list("runs", at.stack.name);
    expect(runs).toHaveLength(2);
    expect(runs[1]).toEqual({
      runId: done.json().runId,
      operation: "backup",
      trigger: "manual",
      status: "succeeded",
      startedAt: done.json().startedAt,
      finishedAt: done.json().finishedAt,
      units: [at.stack.name],
    });
  });

  it("a log file per run and a rolling one hold every act, for the owner's eyes alone", async () => {
    const { logDir } = at.workspace;
    const names = (await readdir(logDir)).toSorted();
    const started = new Date(done.json().startedAt).toISOString();
    expect(names).toContain("stackhold.log");
    const own = names.filter((name) => /^backup_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.log$/.test(name));
    expect(own).toHaveLength(2);
    expect(own[0]?.slice(7, 20)).toBe(started.slice(0, 13));
    for (const name of names) expect((await stat(join(logDir, name))).mode & 0o777).toBe(0o600);
    const text = await readFile(join(logDir, own[0] ?? ""), "utf8");
    const rolling = await readFile(join(logDir, "stackhold.log"), "utf8");
    expect(rolling.startsWith(text)).toBe(true);
    const lines = text.trimEnd().split("\n");
    for (const line of lines) {
      expect(line).toMatch(/^\S+Z \[(INFO|SUCCESS|WARNING|ERROR)\] [^:\s]+: \S/);
    }
    const unit = at.stack.name;
    for (const act of [
      `[INFO] ${unit}: stopped ${at.named("app")}`,
      `[INFO] ${unit}: started ${at.named("app")}`,
      `[INFO] ${unit}: stored volume:data in local: 6 B in 3 entries, archive of `,
      `[INFO] ${unit}: stored project in local: `,
      `[SUCCESS] ${unit}: runs again, was down for `,
      `[INFO] ${unit}: published the point ${done.json().backupId} in local`,
      "[SUCCESS] stackhold: finished",
    ]) {
      expect(lines.filter((line) => line.includes(act))).toHaveLength(1);
    }
  });
});
