import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fullEntry, journalContract } from "../../ports/journal.contract.ts";
import { createJournalFiles } from "./journal.ts";

const temporary = () => mkdtemp(join(tmpdir(), "stackhold-journal-"));

journalContract(async () => {
  const stateDir = await temporary();
  return {
    journal: createJournalFiles({ stateDir: join(stateDir, "made", "on", "demand") }),
    cleanUp: () => rm(stateDir, { recursive: true }),
  };
});

describe("journal files", () => {
  let stateDir: string;
  let directory: string;
  beforeEach(async () => {
    stateDir = await temporary();
    directory = join(stateDir, "journal");
    await mkdir(directory);
  });
  afterEach(() => rm(stateDir, { recursive: true }));

  const journal = () => createJournalFiles({ stateDir });

  it("are private and named after the unit", async () => {
    await journal().write(fullEntry("a/b"));
    expect(await readdir(directory)).toEqual(["a%2Fb.json"]);
    expect((await stat(join(directory, "a%2Fb.json"))).mode & 0o777).toBe(0o600);
  });

  it("stay apart from one that is named as the name of another was cut", async () => {
    const long = "x".repeat(300);
    await journal().write(fullEntry(long));
    const [file = ""] = await readdir(directory);
    const forged = file.slice(0, -".json".length);
    expect(await journal().read(forged)).toBeUndefined();
    await journal().write(fullEntry(forged));
    expect(await journal().units()).toEqual([forged, long].sort());
    expect(await journal().read(long)).toEqual(fullEntry(long));
  });

  it("are reported by their own name where a cut one is illegible, and can be closed", async () => {
    await journal().write(fullEntry("x".repeat(300)));
    const [file = ""] = await readdir(directory);
    await writeFile(join(directory, file), "{");
    const one = journal();
    const [name = ""] = await one.units();
    expect(name).toBe(file.slice(0, -".json".length));
    await expect(one.read(name)).rejects.toMatchObject({ code: "LEFT_DOWN" });
    await one.close(name);
    expect(await readdir(directory)).toEqual([]);
  });

  it("take no notice of what a killed writer left half written", async () => {
    await writeFile(join(directory, "wp.json.tmp"), '{"version": 1, "un');
    expect(await journal().units()).toEqual([]);
    await journal().write(fullEntry("wp"));
    expect(await readdir(directory)).toEqual(["wp.json"]);
    await writeFile(join(directory, "wp.json.tmp"), '{"version": 1, "un');
    await journal().close("wp");
    expect(await readdir(directory)).toEqual([]);
  });

  it.each([
    ["cut off", '{"version": 1, "un', "LEFT_DOWN"],
    ["empty", "", "LEFT_DOWN"],
    ["not a journal", '{"version": 1}', "LEFT_DOWN"],
    ["with more than is understood", JSON.stringify({ ...fullEntry("wp"), undo: 1 }), "LEFT_DOWN"],
    ["of a newer Stackhold", JSON.stringify({ version: 2 }), "NEWER_FORMAT"],
  ])("are reported, not passed over, when one is %s", async (_, text, code) => {
    await journal().write(fullEntry("db"));
    await writeFile(join(directory, "wp.json"), text);
    const expected = {
      code,
      message: expect.stringContaining("wp.json"),
      hint: expect.stringContaining("interrupted"),
    };
    await expect(journal().read("wp")).rejects.toMatchObject(expected);
    expect(await journal().units()).toEqual(["db", "wp"]);
    expect(await journal().read("db")).toEqual(fullEntry("db"));
  });

  it("say why they cannot be written", async () => {
    await rm(directory, { recursive: true });
    await writeFile(directory, "a file in its place");
    await expect(journal().write(fullEntry("wp"))).rejects.toMatchObject({
      code: "TOOL_FAILED",
      hint: expect.stringContaining("state_dir"),
    });
  });

  it("hold the old entry or the new one, never a part, whenever the writer is killed", async () => {
    const program = `
      import { createJournalFiles } from ${JSON.stringify(join(import.meta.dirname, "journal.ts"))};
      const journal = createJournalFiles({ stateDir: process.argv[1] });
      const entry = ${JSON.stringify(fullEntry("wp"))};
      for (let pid = 1; ; pid++) { await journal.write({ ...entry, pid }); if (pid === 1) console.log("go"); }
    `;
    for (const afterMs of [3, 11, 23]) {
      const args = ["--input-type=module-typescript", "-e", program, stateDir];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      await once(child.stdout, "data");
      setTimeout(() => child.kill("SIGKILL"), afterMs);
      await once(child, "exit");
      const entry = await journal().read("wp");
      expect(entry).toEqual({ ...fullEntry("wp"), pid: entry?.pid });
    }
  });
});
