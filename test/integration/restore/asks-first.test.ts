import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithEngine } from "../../bed/bed.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { untouched } from "../../support/refused.ts";
import { composeFile, service } from "../../support/services.ts";
import { type StackAtWork, stackAtWork } from "../../support/stack-at-work.ts";
import { type AtTerminal, atTerminal } from "../../support/terminal.ts";

let at: StackAtWork;
let backupId = "";

async function asked(unit: string, act: (terminal: AtTerminal) => unknown) {
  await using terminal = await atTerminal(at.workspace, ["restore", unit]);
  await terminal.seen("[y/N]");
  await act(terminal);
  return await terminal.ended;
}

describeWithEngine("the question of a restore", () => {
  beforeAll(async () => {
    at = await stackAtWork(
      composeFile(
        {
          db: service({ volumes: ["data:/data"] }),
          web: service({ depends_on: ["db"] }),
        },
        { data: {} },
      ),
    );
    const done = await at.workspace.stackhold(["backup", at.stack.name, "--json"]);
    expectExit(done, 0);
    backupId = done.json().backupId;
  });
  afterAll(() => at[Symbol.asyncDispose]());

  it.each<[string, (terminal: AtTerminal) => unknown]>([
    ["n", ({ type }) => type("n\r")],
    ["Ctrl-C", ({ type }) => type("\u0003")],
    ["Ctrl-D", ({ type }) => type("\u0004")],
    ["SIGTERM", ({ signal }) => signal("SIGTERM")],
    ["SIGHUP", ({ signal }) => signal("SIGHUP")],
    ["SIGINT", ({ signal }) => signal("SIGINT")],
  ])("is ended by %s: exit 130, nothing is touched", async (_, act) => {
    const { code, text } = await untouched(at, () => asked(at.stack.name, act));
    expect(text).toContain("\ncancelled: nothing was touched\n");
    expect(text).not.toContain("is started again");
    expect(code).toBe(130);
  });

  it("is ended by the end of the terminal: exit 130", async () => {
    const { code } = await asked(at.stack.name, ({ hangUp }) => hangUp());
    expect(code).toBe(130);
  });

  it("names the point, its age, its repository and the containers that stop", async () => {
    const { text } = await asked(at.stack.name, ({ type }) => type("n\r"));
    const [web, db] = [at.named("web"), at.named("db")];
    const { name } = at.stack;
    const point = `the point ${backupId} \\(\\d+ (second|minute)s? old, in local\\)`;
    const stops = `${web} and ${db} stop; what is there now is kept as a safety copy\\.`;
    const question = new RegExp(`Replace the data of ${name} with ${point}\\? ${stops} \\[y/N\\]`);
    expect(text.replaceAll(/\s+/g, " ")).toMatch(question);
  });

  it("is not asked of what has no point, and neither makes a run", async () => {
    const typo = `${at.stack.name.slice(0, -1)}q`;
    await using terminal = await atTerminal(at.workspace, ["restore", typo]);
    const { code, text } = await terminal.ended;
    expect(code).toBe(2);
    expect(text.replaceAll(/\s+/g, " ")).toContain(`did you mean "${at.stack.name}"?`);
    expect(text.split("error: ")).toHaveLength(2);
    expect(text).not.toContain("[y/N]");
    expectExit(await at.workspace.stackhold(["restore", typo, "--yes"]), 2);
    const runs = await at.workspace.stackhold(["list", "runs", "--json"]);
    expect(runs.json()).toMatchObject([{ operation: "backup" }]);
  });

  it("goes on with yes, with that very point", async () => {
    const { code, text } = await asked(at.stack.name, ({ type }) => type("y\r"));
    expect(code).toBe(0);
    expect(text).toContain(`restored from ${backupId} (local)`);
  });
});
