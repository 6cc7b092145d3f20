import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { journals, pointsOf } from "../../support/aftermath.ts";
import { momentOf, watchEngine } from "../../support/engine-events.ts";
import { createHookedStack, type HookedStack } from "../../support/hooked-stack.ts";

let at: HookedStack;

const backup = () => at.workspace.stackhold(["backup", at.name, "--json"]);
const names = ["pre_backup", "pre_freeze", "post_freeze", "post_backup"] as const;
const hooked = (file: string) => Object.fromEntries(names.map((name) => [name, file]));

describeWithEngine("a backup with hooks", () => {
  beforeAll(async () => {
    const note = (hook: string, log: string) => `echo "${hook} $$STACKHOLD_HOOK" >> ${log}`;
    at = await createHookedStack(bedEngine(), (log) => ({
      "stackhold.exec.pre": note("label", log),
      "stackhold.exec.post": note("label", log),
    }));
  });
  afterAll(() => at?.[Symbol.asyncDispose]());

  it("runs them in their order around the outage, with their environment", async () => {
    const times = join(at.dir, "times");
    const noting = await at.script(
      "noting",
      `echo "$STACKHOLD_HOOK $(date +%s%3N)" >> ${times}; env; pwd`,
    );
    await at.configure({ ...hooked(noting), pre_freeze: [noting, "maintenance", "on off"] });
    const watch = watchEngine(bedEngine());
    const done = await at.workspace.stackhold(["backup", at.name, "--events"], {
      env: { STACKHOLD_TESTBED_DIR: "/secret", HOOK_SECRET: "hidden" },
    });
    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(await at.notes()).toEqual([
      "pre_backup - true",
      "label exec.pre",
      "pre_freeze - true maintenance on off",
      "post_freeze succeeded true",
      "label exec.post",
      "post_backup succeeded true",
    ]);
    const when = Object.fromEntries(
      (await readFile(times, "utf8"))
        .trim()
        .split("\n")
        .map((line) => line.split(" ")),
    );
    const events = await watch.happened(at.name);
    const container = `${at.name}-app-1`;
    expect(Number(when.pre_freeze)).toBeLessThanOrEqual(momentOf(events, container, "kill"));
    expect(Number(when.post_freeze)).toBeGreaterThanOrEqual(
      Math.floor(momentOf(events, container, "start")),
    );
    const said = done
      .events()
      .filter(({ type }) => type === "log")
      .map(({ message }) => message as string)
      .filter((message) => message.startsWith("post_backup: "))
      .map((message) => message.slice("post_backup: ".length));
    const { backupId } = done.events().find(({ type }) => type === "run.started");
    const names = said.map((line) => line.split("=")[0]).filter((name) => name !== "OLDPWD");
    expect(names.toSorted()).toEqual(
      ["/", "DOCKER_HOST", "HOME", "KOPI_DOCKA_HOOK_TYPE", "KOPI_DOCKA_UNIT_NAME", "LANG", "LC_ALL"]
        .concat("PATH", "PWD", "STACKHOLD_BACKUP_ID", "STACKHOLD_HOOK", "STACKHOLD_RUN")
        .concat("STACKHOLD_STATUS", "STACKHOLD_UNIT")
        .toSorted(),
    );
    expect(said).toEqual(
      expect.arrayContaining([
        `STACKHOLD_BACKUP_ID=${backupId}`,
        `STACKHOLD_UNIT=${at.name}`,
        `KOPI_DOCKA_UNIT_NAME=${at.name}`,
        "KOPI_DOCKA_HOOK_TYPE=post_backup",
      ]),
    );
    expect(await journals(at)).toEqual([]);
  });

  it.each(["pre_backup", "pre_freeze"])(
    "fails the unit untouched where %s fails, and still runs those afterwards",
    async (name) => {
      const [good, bad] = [
        await at.script("good"),
        await at.script("bad", "echo broken >&2; exit 7"),
      ];
      await at.configure({ ...hooked(good), [name]: bad });
      const points = await pointsOf(at);
      const watch = watchEngine(bedEngine());
      const done = await backup();
      expect(done).toMatchObject({ code: 1 });
      expect(done.json().units[0]).toMatchObject({
        status: "failed",
        error: { code: "HOOK_FAILED", message: `${name}: ${bad} ended with exit code 7: broken` },
      });
      expect(await watch.happened(at.name)).toEqual([]);
      expect((await at.notes()).slice(-3)).toEqual([
        "post_freeze failed true",
        "label exec.post",
        "post_backup failed true",
      ]);
      expect(await pointsOf(at)).toBe(points);
      expect(await journals(at)).toEqual([]);
    },
  );

  it("warns where one afterwards fails, and runs the others", async () => {
    const [good, bad] = [await at.script("good"), await at.script("bad", "exit 7")];
    await at.configure({ ...hooked(good), post_freeze: bad });
    const done = await backup();
    expect(done).toMatchObject({ code: 3 });
    expect(done.json().units[0]).toMatchObject({
      status: "warning",
      repositories: [{ status: "succeeded" }],
      warnings: [`post_freeze: ${bad} ended with exit code 7`],
    });
    expect((await at.notes()).at(-1)).toBe("post_backup warning true");
  });

  it("ends one that takes too long, and fails the unit untouched", async () => {
    await at.configure(
      { pre_backup: await at.script("hanging", "sleep 600") },
      { hook_timeout: 1 },
    );
    const done = await backup();
    expect(done).toMatchObject({ code: 1 });
    expect(done.json().units[0].error).toMatchObject({
      code: "HOOK_FAILED",
      message: expect.stringMatching(/^pre_backup: .* took longer than 1 s and was ended$/),
    });
    await at.notes();
  });

  it("is cancelled with its hook, and runs those afterwards", async () => {
    const [good, slow] = [await at.script("good"), await at.script("slow", "echo here; sleep 600")];
    await at.configure({ ...hooked(good), pre_freeze: slow });
    const run = at.workspace.start(["backup", at.name, "--events"]);
    await run.seen("pre_freeze: here");
    run.process.kill("SIGINT");
    expect(await run.finished).toMatchObject({ code: 130 });
    expect(await at.notes()).toEqual([
      "pre_backup - true",
      "label exec.pre",
      "pre_freeze - true",
      "post_freeze cancelled true",
      "label exec.post",
      "post_backup cancelled true",
    ]);
    expect(await journals(at)).toEqual([]);
  });

  it("shows them in a dry run, and runs none", async () => {
    const good = await at.script("good");
    await at.configure(hooked(good));
    const done = await at.workspace.stackhold(["dry-run", at.name, "--json"]);
    const acts: string[] = done.json().units[0].actions;
    const first = (text: string) => acts.findIndex((act) => act.startsWith(text));
    const order = [
      "run pre_backup",
      "run exec.pre in",
      "run pre_freeze",
      "stop",
      "start",
      "run post_freeze",
      "run exec.post in",
      "run post_backup",
      "publish",
    ].map(first);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order).not.toContain(-1);
    expect(await at.notes()).toEqual([]);
  });

  it("runs them where nothing is stopped", async () => {
    const good = await at.script("good");
    await at.configure(hooked(good), { quiesce: "none" });
    expect(await backup()).toMatchObject({ code: 0 });
    expect(await at.notes()).toHaveLength(6);
  });
});

describeWithEngine("a hook that others could have written", () => {
  it("fails its unit before anything is run or stopped; those afterwards still run", async () => {
    await using one = await createHookedStack(bedEngine());
    const [good, bad] = [await one.script("good"), await one.script("spoilt")];
    await chmod(bad, 0o777);
    await one.configure({ pre_backup: good, pre_freeze: [bad, "x"], post_backup: good });
    const watch = watchEngine(bedEngine());
    const done = await one.workspace.stackhold(["backup", one.name, "--json"]);
    expect(done).toMatchObject({ code: 1 });
    expect(done.json().units[0].error).toMatchObject({
      code: "HOOK_FAILED",
      message: `the hook ${bad} is refused: everybody may write to it`,
    });
    expect(await watch.happened(one.name)).toEqual([]);
    expect(await one.notes()).toEqual(["post_backup failed true"]);
    const dry = await one.workspace.stackhold(["dry-run", one.name, "--json"]);
    expect(dry.json().units[0]).toMatchObject({ error: { code: "HOOK_FAILED" } });
  });
});
