import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithEngine } from "../../bed/bed.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { type StackAtWork, stackAtWork } from "../../support/stack-at-work.ts";
import { smallDisk } from "../../support/tmpfs.ts";

let at: StackAtWork;

/** Appends stdout to a file. */
const into = (file: string) => ["sh", "-c", 'file=$1; shift; exec "$@" >> "$file"', "sh", file];
const run = (file: string, ...args: string[]) =>
  at.workspace.stackhold(args, { prefix: into(file) });
const sentence = /^error: the output cannot be written: no space left on device(; .*)?\nhint: /m;

describeWithEngine("an output that cannot be written", () => {
  beforeAll(async () => {
    at = await stackAtWork(
      hostComposeFile({ app: service({ volumes: ["data:/data"] }) }, { data: {} }),
    );
    writeFileSync(join(at.stack.dir, "notes"), "text\n");
  });
  afterAll(() => at[Symbol.asyncDispose]());

  it("a backup goes on to its end, its unit runs again, exit 3", async () => {
    for (const way of ["--events", "--json", "--verbose"]) {
      const done = await run("/dev/full", "backup", at.stack.name, way);
      expectExit(done, 3);
      expect(done.stderr).toMatch(sentence);
      expect(done.stderr).toContain("the run itself went on to its end");
    }
    expect((await at.look())[at.named("app")]).toMatchObject({ state: "running" });
    const points = await at.workspace.stackhold(["list", "points", at.stack.name, "--json"]);
    expect(points.json()).toHaveLength(3);
  });

  it("a question whose answer is lost has failed: exit 1", async () => {
    const { name } = at.stack;
    for (const args of [
      ["list", "units", "--json"],
      ["list", "units"],
      ["list", "points", "--events"],
      ["files", "ls", name, "project"],
      ["files", "ls", name, "project", "--json"],
      ["files", "get", name, "project", "notes"],
      ["version"],
      ["--version"],
      ["backup", "--help"],
    ]) {
      const done = await run("/dev/full", ...args);
      expectExit(done, 1);
      expect(done.stderr).toMatch(sentence);
      expect(done.stderr.match(/^error: /gm)).toHaveLength(1);
    }
  });

  it("a disk that takes a part of an answer does not make it a whole one", async () => {
    await using disk = await smallDisk("4k");
    const file = join(disk.path, "answer");
    writeFileSync(file, "x".repeat(4000));
    const done = await run(file, "admin", "config", "show");
    expectExit(done, 1);
    expect(done.stderr).toMatch(sentence);
  });

  it("what went wrong before outranks it", async () => {
    expectExit(await run("/dev/full", "backup", "nobody", "--json"), 2);
    expectExit(await run("/dev/full", "bakcup", "--json"), 2);
  });

  it("a reader that has seen enough is no failure", async () => {
    const { name } = at.stack;
    const script = 'set -o pipefail; "$@" | true';
    const prefix = ["bash", "-c", script, "bash"];
    for (const args of [
      ["list", "units"],
      ["files", "ls", name, "project", "-R", "--json"],
    ]) {
      const done = await at.workspace.stackhold(args, { prefix });
      expectExit(done, 0);
      expect(done.stderr).not.toContain("error");
    }
  });
});
