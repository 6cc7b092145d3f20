import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithEngine } from "../../bed/bed.ts";
import { expectRefused } from "../../support/refused.ts";
import { composeFile, service } from "../../support/services.ts";
import { type StackAtWork, stackAtWork } from "../../support/stack-at-work.ts";

let at: StackAtWork;
let before: Awaited<ReturnType<StackAtWork["look"]>>;
const run = (...args: string[]) => at.workspace.stackhold([...args, "--json"]);

describeWithEngine("a command line that cannot be carried out", () => {
  beforeAll(async () => {
    at = await stackAtWork(
      composeFile({ app: service({ volumes: ["data:/data"] }) }, { data: {} }),
    );
    before = await at.look();
  });
  afterAll(async () => {
    const after = await at.look();
    await at[Symbol.asyncDispose]();
    expect(after).toEqual(before);
  });

  it.each([
    ["unknown command", ["bakcup"], /unknown command 'bakcup': did you mean backup\?/],
    ["unknown command of a group", ["list", "pionts"], /unknown command 'pionts': did you mean/],
    ["missing command", [], /a command is missing/],
    ["unknown flag", ["backup", "--scop", "full"], /unknown option '--scop': did you mean --scope/],
    ["wrong value of a choice", ["backup", "--scope", "huge"], /'huge' is invalid.*standard/],
    ["wrong value of a duration", ["backup", "--stop-timeout", "soon"], /'soon' is invalid.*15m/],
    ["missing value", ["backup", "--repository"], /'--repository <name>' argument missing/],
    ["missing argument", ["restore"], /the name of a unit is missing/],
    ["too many arguments", ["restore", "one", "two"], /too many arguments/],
    ["--events with --json", ["backup", "--events"], /'--events' cannot be used with .*'--json'/],
  ])("%s: exit 2", async (_, args, says) => {
    expectRefused(await run(...args), {
      exit: 2,
      code: "USAGE",
      says,
      hint: /^stackhold( \w+)? --help/,
    });
  });

  it.each([
    [["list"], "stackhold list --help lists the commands"],
    [["admin", "snapshot"], "stackhold admin snapshot --help lists the commands"],
    [["admin", "snapshot", "pin", "web"], "stackhold admin snapshot pin --help shows its options"],
    [["bakcup"], "stackhold --help lists the commands, stackhold COMMAND --help their options"],
  ])("%s: the hint is the help that helps", async (args, hint) => {
    expect((await run(...args)).json().error.hint).toBe(hint);
  });

  it("the help says of no way of freezing that it is not there", async () => {
    for (const command of ["backup", "dry-run"]) {
      const { stdout } = await at.workspace.stackhold([command, "--help"]);
      expect(stdout).toMatch(/--freeze <way> [^-]*auto[\s\S]*two-phase[\s\S]*snapshot/);
      expect(stdout).not.toMatch(/only auto/);
    }
  });

  it.each([
    ["setup"],
    ["doctor"],
    ["drill", "web"],
    ["serve", "--listen", "127.0.0.1:8000"],
    ["notify", "test"],
    ["completion", "bash"],
    ["disaster-recovery", "rebuild", "bundle.enc"],
    ["admin", "service", "daemon", "--interval-minutes", "5"],
    ["admin", "system", "show-deps"],
    ["admin", "config", "edit"],
    ["backup", "--update-recovery"],
  ])("%s %s: of a later version, exit 2, and it says so", async (...args) => {
    const words = args.filter((word) => word !== undefined);
    const says = /is not available in this version$/;
    const hint = "stackhold";
    expectRefused(await run(...words), { exit: 2, code: "NOT_AVAILABLE", says, hint });
  });

  it("an unknown unit: exit 2 with the one that was probably meant", async () => {
    const typo = `${at.stack.name.slice(0, -1)}q`;
    const says = `there is no unit "${typo}" on this host: did you mean "`;
    const refusal = { exit: 2, code: "UNKNOWN_UNIT", says, hint: "stackhold list units" };
    expectRefused(await run("backup", typo), refusal);
    expectRefused(await run("backup", at.stack.name, typo), refusal);
    expectRefused(await run("dry-run", typo), refusal);
    expectRefused(await run("admin", "config", "explain", typo), refusal);
    expectRefused(await run("admin", "snapshot", "estimate-size", typo), refusal);
  });

  it("an unknown repository: exit 2 with the one that was probably meant", async () => {
    const refusal = {
      exit: 2,
      code: "UNKNOWN_REPOSITORY",
      says: 'there is no repository "locl": did you mean "local"?',
      hint: "the configuration has local",
    };
    const { name } = at.stack;
    expectRefused(await run("backup", name, "--repository", "locl"), refusal);
    expectRefused(await run("list", "points", "--repository", "locl"), refusal);
    expectRefused(await run("verify", name, "--repository", "locl"), refusal);
    expectRefused(await run("restore", name, "--repository", "locl", "--yes"), refusal);
  });

  it.each([["--to", "in-place"], ["--no-start"], ["--with-project"]])(
    "scripts together with %s, which they decide themselves: exit 2",
    async (...option) => {
      const words = ["restore", at.stack.name, "--script", "/nowhere/out", ...option];
      const says = `--script does not go with ${option[0]}`;
      expectRefused(await run(...words), { exit: 2, code: "USAGE", says, hint: "by hand" });
    },
  );

  it("a restore of what has no point, and one without --yes off a terminal: exit 2", async () => {
    await at.workspace.stackhold(["backup", at.stack.name, "--quiesce", "none"]);
    const none = { exit: 2, says: 'no point of "nobody" is stored', hint: at.stack.name };
    expectRefused(await run("restore", "nobody"), { code: "UNKNOWN_UNIT", ...none });
    const { name } = at.stack;
    const old = await run("restore", name, "--at", "2001-01-01T00-00-00Z");
    const says = "there is no point 2001-01-01T00-00-00Z";
    expectRefused(old, { exit: 2, code: "UNKNOWN_POINT", says, hint: /^there is 20\d\d-/ });
    const word = await run("restore", name, "--at", "yesterday");
    expectRefused(word, { exit: 2, code: "USAGE", says: "yesterday", hint: "latest" });
    const path = await run("restore", name, "--path", "uploads");
    expectRefused(path, { exit: 2, code: "USAGE", says: "--path goes with one", hint: "--part" });
    const unasked = { exit: 2, code: "CONFIRMATION_REQUIRED", says: name, hint: "--yes" };
    expectRefused(await run("restore", name), unasked);
    const target = await run("restore", name, "--to", "elsewhere");
    expectRefused(target, { exit: 2, code: "USAGE", says: "elsewhere", hint: "directory:DIR" });
    const verify = await run("verify", "nobody");
    expectRefused(verify, {
      exit: 2,
      code: "UNKNOWN_POINT",
      says: "there is no point of nobody",
      hint: "stackhold list points",
    });
  });

  it("says the same without --json: the reason and the hint on stderr, nothing on stdout", async () => {
    const done = await at.workspace.stackhold(["list", "pionts"]);
    expect(done.code).toBe(2);
    expect(done.stdout).toBe("");
    expect(done.stderr).toMatch(
      /^error: unknown command 'pionts': did you mean points\?\nhint: .*\n$/,
    );
  });
});
