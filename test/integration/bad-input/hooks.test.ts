import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { pointsOf } from "../../support/aftermath.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { createHookedStack, type HookedStack } from "../../support/hooked-stack.ts";
import { expectNothingLeft } from "../../support/nothing-left.ts";
import { standing } from "../../support/standing.ts";

let at: HookedStack;

interface Case {
  readonly what: string;
  /** Gives back the hook's file. */
  readonly make: () => Promise<string>;
  readonly says: RegExp;
  readonly hint: RegExp;
}

const cases: readonly Case[] = [
  {
    what: "that fails",
    make: () => at.script("fails", "echo 'no space on the dump disk' >&2; exit 7"),
    says: /^pre_\w+: \S+ ended with exit code 7: no space on the dump disk$/,
    hint: /\S/,
  },
  {
    what: "that hangs",
    make: () => at.script("hangs", "sleep 600"),
    says: /^pre_\w+: \S+ took longer than 1 s and was ended$/,
    hint: /hook_timeout/,
  },
  {
    what: "that everybody may write to",
    make: async () => {
      const file = await at.script("open");
      await chmod(file, 0o777);
      return file;
    },
    says: /^the hook \S+ is refused: everybody may write to it$/,
    hint: /chmod/,
  },
  {
    what: "that is missing",
    make: async () => join(at.dir, "nowhere"),
    says: /^the hook \S+\/nowhere is refused: no such file or directory$/,
    hint: /see that the file is there/,
  },
];

describeWithEngine("a hook", () => {
  beforeAll(async () => {
    at = await createHookedStack(bedEngine());
    expectExit(await at.workspace.stackhold(["backup", at.name]), 0);
  });
  afterAll(() => at?.[Symbol.asyncDispose]());

  it.each(cases)("$what: neither a backup nor a restore begins, exit 1", async (given) => {
    const file = await given.make();
    await at.configure({ pre_backup: file, pre_restore: file }, { hook_timeout: 1 });
    const look = () => standing(bedEngine(), { projects: [at.name] });
    const before = await look();
    for (const command of [
      ["backup", at.name],
      ["restore", at.name, "--yes"],
    ]) {
      const done = await at.workspace.stackhold([...command, "--json"]);
      expectExit(done, 1);
      const { error, units } = done.json();
      const told = error ?? units[0].error;
      expect(told).toMatchObject({ code: "HOOK_FAILED" });
      expect(told.message).toMatch(given.says);
      expect(told.hint).toMatch(given.hint);
      expect(done.stderr).toContain(told.message);
      await expectNothingLeft(at);
    }
    expect(await look()).toEqual(before);
    expect(await pointsOf(at)).toBe(1);
  });
});
