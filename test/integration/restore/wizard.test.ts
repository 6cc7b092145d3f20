import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { untouched } from "../../support/refused.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { type StackAtWork, stackAtWork } from "../../support/stack-at-work.ts";
import { type AtTerminal, atTerminal } from "../../support/terminal.ts";
import { openFront } from "../engine/front.ts";

let at: StackAtWork;
let backupId = "";

const enter = "\r";
const down = "\u001b[B";
type Answer = readonly [question: string, keys: string | readonly string[]];

const ctrlC = "\u0003";

/** Answers each question when it is shown. */
async function answer(terminal: AtTerminal, answers: readonly Answer[]) {
  for (const [question, keys] of answers) {
    await terminal.seen(question);
    for (const key of [keys].flat()) terminal.type(key);
  }
  return terminal.ended;
}

async function wizard(
  answers: readonly Answer[],
  {
    args = [],
    configFile = at.workspace.configFile,
  }: { args?: string[]; configFile?: string } = {},
) {
  await using terminal = await atTerminal({ configFile }, ["restore", ...args]);
  return await answer(terminal, answers);
}

/** The questions of the screen that docs/restore.md shows. */
async function documented(): Promise<string[]> {
  const page = await readFile(join(import.meta.dirname, "../../../docs/restore.md"), "utf8");
  return [...page.matchAll(/^◇ {2}([^?\n]*\?|What will happen)/gm)].map(([, text = ""]) => text);
}

describeWithEngine("a restore without the name of a unit", () => {
  beforeAll(async () => {
    const compose = hostComposeFile(
      { web: service({ volumes: ["data:/data", "./site:/site"] }) },
      { data: {} },
    );
    at = await stackAtWork(compose, { files: { "site/page": "as stored" } });
    const done = await at.workspace.stackhold(["backup", at.stack.name, "--json"]);
    expectExit(done, 0);
    backupId = done.json().backupId;
  });
  afterAll(() => at[Symbol.asyncDispose]());

  it("leads from the unit to the stack that runs again, by the questions of the manual", async () => {
    await rm(join(at.stack.dir, "site/page"));
    const { code, text } = await wizard([
      ["Which unit shall come back?", enter],
      ["From which point?", enter],
      ["Where to?", enter],
      ["How much of it?", enter],
      ["stops;", "y"],
    ]);
    expect(code, text).toBe(0);
    const shown = text.replaceAll(/\n[│ ]*/g, " ");
    let from = 0;
    for (const question of await documented()) {
      const found = shown.indexOf(question.replace(/^Replace.*/, "Replace the data of"), from);
      expect(found, question).toBeGreaterThanOrEqual(from);
      from = found;
    }
    expect(text).toContain("It runs again");
    const same = `stackhold restore ${at.stack.name} --at ${backupId}`;
    expect(text.replaceAll("\n", "")).toContain(`The same without questions: ${same}`);
    expect(await readFile(join(at.stack.dir, "site/page"), "utf8")).toBe("as stored");
  });

  it("restores some parts only, into the directory that was written", async () => {
    const directory = join(at.workspace.root, "look here");
    const { code, text } = await wizard(
      [
        ["Which unit", enter],
        ["From which point?", enter],
        ["How much of it?", [down, enter]],
        ["Which parts?", [" ", enter]],
        ["Go on?", "y"],
      ],
      { args: ["--to", `directory:${directory}`] },
    );
    expect(code, text).toBe(0);
    expect(await readFile(join(directory, "project/site/page"), "utf8")).toBe("as stored");
    await expect(stat(join(directory, "recipe"))).rejects.toThrow("ENOENT");
    expect(text.replaceAll("\n", "")).toContain(`--to '${`directory:${directory}'`}`);
  });

  it("looks once at what it asks about, and not how much of it where a service was written", async () => {
    await using front = await openFront(bedEngine().dockerHost);
    const configFile = join(at.workspace.root, "front.yaml");
    const config = parse(await readFile(at.workspace.configFile, "utf8"));
    await writeFile(configFile, stringify({ ...config, docker: { host: front.address } }));
    const looks = () => front.calls.filter((call) => /^GET .*\/volumes$/.test(call)).length;
    const service = ["--service", "web"];
    const plain = await wizard([["stops;", ["n", enter]]], {
      configFile,
      args: [at.stack.name, "--at", backupId, ...service],
    });
    expect(plain.code, plain.text).toBe(130);
    const once = looks();
    expect(once).toBeGreaterThan(0);
    const { code, text } = await wizard(
      [
        ["Which unit", enter],
        ["From which point?", enter],
        ["Where to?", enter],
        ["stops;", "n"],
      ],
      { configFile, args: service },
    );
    expect(code, text).toBe(130);
    expect(text).not.toContain("How much of it?");
    expect(looks()).toBe(2 * once);
  });

  it("offers the points of other hosts where this one has none", async () => {
    const configFile = join(at.workspace.root, "other.yaml");
    const config = parse(await readFile(at.workspace.configFile, "utf8"));
    await writeFile(configFile, stringify({ ...config, host: "newhost" }));
    const { code, text } = await wizard(
      [
        ["This host has none of its own.", ""],
        ["Which unit", enter],
        ["From which point?", enter],
        ["Where to?", ctrlC],
      ],
      { configFile },
    );
    expect(code, text).toBe(130);
    const dry = await wizard(
      [
        ["Which unit", enter],
        ["How much of it?", enter],
      ],
      { configFile, args: ["--dry-run", "--at", "latest", "--to", "in-place"] },
    );
    expect(dry.code, dry.text).toBe(0);
    expect(dry.text.replaceAll("\n", "")).toContain("--host testhost");
  });

  const questions = ["Which unit", "From which point?", "Where to?", "How much of it?", "copy."];
  it.each(questions.map((question, index) => [question, questions.slice(0, index)] as const))(
    "is ended by Ctrl-C at %s: nothing is touched",
    async (last, before) => {
      const { code, text } = await untouched(at, () =>
        wizard([...before.map((question) => [question, enter] as const), [last, ctrlC]]),
      );
      expect(code, text).toBe(130);
      expect(text).toContain("cancelled: nothing was touched");
    },
  );

  it.each<[string, (terminal: AtTerminal) => unknown]>([
    ["Ctrl-D", ({ type }) => type("\u0004")],
    ["SIGTERM", ({ signal }) => signal("SIGTERM")],
    ["the end of the terminal", ({ hangUp }) => hangUp()],
  ])("is ended by %s, too: exit 130", async (_, act) => {
    await using terminal = await atTerminal(at.workspace, ["restore"]);
    await terminal.seen("Which unit");
    await act(terminal);
    const { code, text } = await terminal.ended;
    expect(code, text).toBe(130);
  });

  it("says so where there is nothing to restore", async () => {
    const configFile = join(at.workspace.root, "empty.yaml");
    const config = parse(await readFile(at.workspace.configFile, "utf8"));
    const backups = join(at.workspace.root, "none yet");
    await writeFile(configFile, stringify({ ...config, backup_dir: backups }));
    const { code, text } = await wizard([], { configFile });
    expect(code).not.toBe(0);
    expect(text).toContain("hint:");
  });
});
