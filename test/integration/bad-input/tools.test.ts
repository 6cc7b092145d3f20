import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithEngine } from "../../bed/bed.ts";
import { fakePrograms, pathWithout } from "../../support/fake-programs.ts";
import { expectRefused, untouched } from "../../support/refused.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { type StackAtWork, stackAtWork } from "../../support/stack-at-work.ts";

let at: StackAtWork;

const backup = (path: string, ...more: string[]) =>
  untouched(at, () =>
    at.workspace.stackhold(["backup", at.stack.name, ...more, "--json"], { env: { PATH: path } }),
  );

describeWithEngine("a tool", () => {
  beforeAll(async () => {
    at = await stackAtWork(
      hostComposeFile({ app: service({ volumes: ["data:/data"] }) }, { data: {} }),
    );
  });
  afterAll(() => at[Symbol.asyncDispose]());

  it.each(["tar", "zstd", "find", "sort"])("that is missing (%s): exit 20", async (program) => {
    await using programs = await pathWithout(program);
    const says = `${program} is not installed`;
    const hint = "apt-get install";
    expectRefused(await backup(programs.path), { exit: 20, code: "TOOL_MISSING", says, hint });
    const shown = await at.workspace.stackhold(["version", "--json"], {
      env: { PATH: programs.path },
    });
    expect(shown.code).toBe(0);
    expect(shown.json().tools[program]).toBeNull();
    expect(Object.values(shown.json().tools).filter((version) => version !== null)).not.toEqual([]);
  });

  it("that is another one of that name, or too old: exit 20, and says what it is", async () => {
    await using busybox = await fakePrograms({ tar: 'echo "tar (busybox) 1.35.0"' });
    const not = {
      exit: 20,
      code: "TOOL_MISSING",
      says: /tar is not the one.*busybox/,
      hint: "apt-get",
    };
    expectRefused(await backup(busybox.path), not);
    await using old = await fakePrograms({ tar: 'echo "tar (GNU tar) 1.26"' });
    const says = "tar 1.26 is too old: 1.28 or newer is needed";
    expectRefused(await backup(old.path), {
      exit: 20,
      code: "TOOL_MISSING",
      says,
      hint: "apt-get",
    });
  });

  it("Compose that is missing: quiesce down needs it, exit 20 before anything is stopped; else its part of the recipe is a gap", async () => {
    await using programs = await fakePrograms({ docker: 'echo "no such command" >&2; exit 1' });
    const refusal = {
      exit: 20,
      code: "TOOL_MISSING",
      says: "compose",
      hint: "install the Compose",
    };
    const done = await backup(programs.path, "--quiesce", "down");
    expect(done.code).toBe(refusal.exit);
    expect(done.json().units[0].error).toMatchObject({
      code: refusal.code,
      message: expect.stringContaining(refusal.says),
      hint: expect.stringContaining(refusal.hint),
    });
    const stop = await at.workspace.stackhold(["backup", at.stack.name, "--json"], {
      env: { PATH: programs.path },
    });
    expect(stop).toMatchObject({ code: 3 });
    const { coverage } = stop.json().units[0];
    expect(coverage.gaps).toMatchObject([
      { what: "configuration", why: expect.stringContaining("compose") },
    ]);
  });
});
