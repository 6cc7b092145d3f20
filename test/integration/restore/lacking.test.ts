import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { removeProject } from "../../bed/compose.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { type StackAtWork, stackAtWork } from "../../support/stack-at-work.ts";
import { atTerminal } from "../../support/terminal.ts";

let at: StackAtWork;
let outside = "";
let uploads = "";
const ids: string[] = [];

/** Of the two points the newer one lacks the bind. */
describeWithEngine("a restore from a point that lacks a bind of its unit", () => {
  beforeAll(async () => {
    outside = await mkdtemp(join(tmpdir(), "stackhold-lacking-"));
    uploads = join(outside, "uploads");
    await mkdir(uploads);
    await writeFile(join(uploads, "page"), "as stored");
    const web = service({ volumes: ["data:/data", `${uploads}:/uploads`] });
    at = await stackAtWork(hostComposeFile({ web }, { data: {} }));
    for (const exit of [0, 3]) {
      const done = await at.workspace.stackhold(["backup", at.stack.name, "--json"]);
      expectExit(done, exit);
      ids.push(done.json().backupId);
      await rm(uploads, { recursive: true, force: true });
    }
  });
  afterAll(async () => {
    await removeProject(bedEngine(), `${at.stack.name}c`);
    await at[Symbol.asyncDispose]();
    await rm(outside, { recursive: true, force: true });
  });

  const said = () =>
    `bind:${uploads} is not restored, since the point ${ids[1]} lacks it (${uploads} does not exist); the newest point that has it is ${ids[0]} in local (--at ${ids[0]} --repository local)`;
  const lacking = () => [
    {
      part: `bind:${uploads}`,
      why: `${uploads} does not exist`,
      newest: { backupId: ids[0], repository: "local" },
    },
  ];

  it.each([
    ["in a dry run", ["--dry-run"]],
    ["in place", ["--yes"]],
    ["as a copy, tried", ["--to", "project:COPY", "--dry-run"]],
    ["as a copy", ["--to", "project:COPY"]],
    ["into a directory", ["--to", "directory:OUT/all"]],
    ["as scripts", ["--script", "OUT/scripts"]],
  ])("says so and ends with 3: %s", async (_, args) => {
    const words = args.map((word) =>
      word.replace("COPY", `${at.stack.name}c`).replace("OUT", at.workspace.root),
    );
    const done = await at.workspace.stackhold(["restore", at.stack.name, ...words, "--json"]);
    expectExit(done, 3);
    const { status, warnings, lacking: found } = done.json();
    expect(status).toBe("warning");
    expect(warnings[0]).toBe(said());
    expect(found).toEqual(lacking());
  });

  it("says so to whoever is led through it, before the question", async () => {
    await using terminal = await atTerminal(at.workspace, ["restore", "--at", "latest"]);
    for (const question of ["Which unit", "Where to?", "How much of it?"]) {
      await terminal.seen(question);
      terminal.type("\r");
    }
    await terminal.seen("stops;");
    terminal.type("y");
    const { code, text } = await terminal.ended;
    const words = text.replaceAll(/[\s│]+/g, " ");
    const warning = `bind:${uploads} is not restored`;
    expect(words.indexOf(warning)).toBeGreaterThan(0);
    expect(words.indexOf(warning)).toBeLessThan(words.indexOf("Replace the data of"));
    expect(words.lastIndexOf(warning)).toBeGreaterThan(words.indexOf("restored from"));
    expect(code, text).toBe(3);
  });

  it("says nothing of what was not asked for, and restores it from the point that it names", async () => {
    const restore = (...args: string[]) =>
      at.workspace.stackhold(["restore", at.stack.name, "--yes", "--json", ...args]);
    expectExit(await restore("--part", "volume:data"), 0);
    const refused = await restore("--part", `bind:${uploads}`);
    expectExit(refused, 2);
    expect(refused.json().error.hint).toContain(`--at ${ids[0]} --repository local`);
    const named = ["--at", ids[0] ?? "", "--repository", "local", "--part", `bind:${uploads}`];
    expectExit(await restore(...named), 0);
    expect(await readFile(join(uploads, "page"), "utf8")).toBe("as stored");
  });
});
