import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack, type Stack } from "../../bed/compose.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { stackWithPoint } from "../../support/stack-with-point.ts";
import { createWorkspace, type Workspace } from "../../support/workspace.ts";

const compose = hostComposeFile({ app: service({ volumes: ["./srv:/srv"] }) });

async function expectRefused(
  work: Workspace,
  stack: Stack,
  place: string,
  flags: readonly string[] = [],
): Promise<void> {
  const file = join(stack.dir, "srv/file");
  await writeFile(file, "second\n");
  for (const mode of ["--dry-run", "--yes"]) {
    const refused = await work.stackhold(["restore", stack.name, mode, ...flags, "--json"]);
    expectExit(refused, 1);
    const { error } = refused.json();
    expect(error.code).toBe("RESTORE_FAILED");
    expect(error.message).toContain(`cannot be replaced: ${place} lies in it`);
    expect(error.hint).toContain("--to directory:DIR");
  }
  expect(await readFile(file, "utf8")).toBe("second\n");
  expect(existsSync(place)).toBe(true);
  expect(existsSync(join(dirname(file), "../.stackhold-safety"))).toBe(false);
  expect((await stack.ps()).map(({ state }) => state)).toEqual(["running"]);
}

describeWithEngine("a restore in place", () => {
  let stack: Stack;
  beforeAll(async () => {
    const files = { "compose.yaml": compose, "srv/file": "first\n" };
    stack = await createStack(bedEngine(), { files });
    await stack.up();
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  it.each([
    { what: "the repository", key: "backup_dir" },
    { what: "the state directory", key: "state_dir" },
    { what: "the directory of logs", key: "log_dir" },
  ])("is refused where $what lies in what it replaces", async ({ key }) => {
    const place = join(stack.dir, "srv/own");
    await mkdir(place);
    const options = { stacksDir: stack.root, config: { [key]: place } };
    await using work = await createWorkspace(bedEngine(), options);
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    await expectRefused(work, stack, place);
    await rm(place, { recursive: true });
  });

  it("leaves a repository in the project directory alone, and is refused --with-project", async () => {
    await writeFile(join(stack.dir, "srv/file"), "first\n");
    const backupDir = join(stack.dir, "backups");
    await mkdir(backupDir);
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root, backupDir });
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    await expectRefused(work, stack, backupDir, ["--with-project"]);

    expectExit(await work.stackhold(["restore", stack.name, "--yes", "--json"]), 0);
    expect(await readFile(join(stack.dir, "srv/file"), "utf8")).toBe("first\n");
    expectExit(await work.stackhold(["list", "points", "--json"]), 0);
  });

  it("names the rules by which entries are in the safety copy only", async () => {
    await using at = await stackWithPoint(compose, {
      files: { "srv/file": "first\n", "srv/cache/entry": "left out\n" },
      config: { backup: { exclude: ["/srv/cache", "*.tmp"] } },
    });
    const planned = await at.restore("--dry-run");
    expectExit(planned, 0);
    expect(planned.json().actions).toContain(
      "what the point was stored without goes to the safety copies: /cache (backup.exclude), *.tmp (backup.exclude)",
    );
    const restored = await at.restore();
    const { safetyCopy, warnings } = restored.json();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`now in the safety copy ${safetyCopy[0]}: 2 entries by /cache`);
    expect(await readFile(join(safetyCopy[0], "cache/entry"), "utf8")).toBe("left out\n");
  });
});
