import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import {
  type UnprotectedStack,
  unprotectedStack,
} from "../../fixtures/unprotected/unprotected-stack.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { newestManifest } from "../../support/newest-manifest.ts";
import { standing } from "../../support/standing.ts";

let at: UnprotectedStack;

interface Coverage {
  readonly gaps: readonly { what: string; why: string; new: boolean }[];
  readonly excluded: readonly { what: string; rule: string }[];
}

const byName = (all: readonly (readonly [string, string | RegExp])[]) =>
  Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1)));

const wanted = (all: Readonly<Record<string, string | RegExp>>) =>
  byName(
    Object.entries(all).map(([what, why]) => [
      what,
      typeof why === "string" ? why : expect.stringMatching(why),
    ]),
  );

/** Neither more nor less than what the fixture has. */
function expectAll({ gaps, excluded }: Coverage, isNew: boolean): void {
  expect(byName(gaps.map(({ what, why }) => [what, why]))).toEqual(wanted(at.gaps));
  expect(byName(excluded.map(({ what, rule }) => [what, rule]))).toEqual(wanted(at.excluded));
  expect(gaps.filter((gap) => gap.new !== isNew)).toEqual([]);
}

describeWithEngine("one of everything that is not stored", () => {
  beforeAll(async () => {
    at = await unprotectedStack(bedEngine());
  });
  afterAll(() => at[Symbol.asyncDispose]());

  const run = (...args: string[]) => at.work.stackhold([...args, at.stack.name]);
  const look = () => standing(bedEngine(), { projects: [at.stack.name] });

  it("is named with its reason in the dry run, fails --strict untouched, and is in the point", async () => {
    const before = await look();
    const preview = await run("dry-run", "--json");
    expectExit(preview, 3);
    expectAll(preview.json().units[0].coverage, true);
    const text = await run("dry-run");
    const told = [...Object.keys(at.gaps).map((what) => `not protected: ${what}: `)];
    for (const line of [
      ...told,
      ...Object.keys(at.excluded).map((what) => `left out: ${what} (`),
    ]) {
      expect(text.stdout).toContain(line);
    }

    const strict = await run("backup", "--strict", "--json");
    expectExit(strict, 1);
    const [refused] = strict.json().units;
    expect(refused).toMatchObject({ status: "failed", downtimeMs: 0 });
    for (const what of Object.keys(at.gaps)) expect(refused.error.message).toContain(what);
    expect(await look()).toEqual(before);

    const done = await run("backup", "--json");
    expectExit(done, 3);
    expectAll(done.json().units[0].coverage, true);
    // The engine does not start it without the file of its secret, which is gone.
    const lasting = `${at.stack.name}-app-1 cannot start again without ${at.stack.dir}/gone.secret`;
    expect(done.json().units[0].warnings.join("\n")).toContain(lasting);
    expect((await look())[`${at.stack.name}-app-1`]).toEqual(before[`${at.stack.name}-app-1`]);
    expectAll(newestManifest(at.work, at.stack.name).coverage, true);
    const listed = await at.work.stackhold(["list", "units", "--json"]);
    const [unit] = listed.json().filter((one: { unit: string }) => one.unit === at.stack.name);
    expect(unit.gaps.toSorted()).toEqual(Object.keys(at.gaps).toSorted());
    const again = await run("backup", "--json");
    expect(again.json().units[0].coverage.gaps.filter((gap: { new: boolean }) => gap.new)).toEqual(
      [],
    );
    const units = await at.work.stackhold(["list", "units"]);
    expect(units.stdout).toContain(`${Object.keys(at.gaps).length} gaps`);
  });

  it("is the same of a container's own files at scope minimal, without what Compose wrote there", async () => {
    const done = await run("dry-run", "--scope", "minimal", "--json");
    const { gaps }: Coverage = done.json().units[0].coverage;
    const own = gaps.filter(({ what }) => what === "layer:app").map(({ why }) => why);
    expect(own).toEqual([expect.stringMatching(at.gaps["layer:app"] ?? "")]);
  });

  it("is left out by its setting where data or secrets are not wanted", async () => {
    const file = join(at.work.root, "less.yaml");
    const less = { include_data: false, backup: { secrets: "redact" } };
    const config = parse(await readFile(at.work.configFile, "utf8"));
    await writeFile(file, stringify({ ...config, ...less }), { mode: 0o600 });
    const done = await run("--config", file, "dry-run", "--json");
    const { excluded } = done.json().units[0].coverage;
    for (const what of ["volume:data", "layer:app"]) {
      expect(excluded).toContainEqual({ what, rule: "include_data: false" });
    }
    expect(excluded).toContainEqual({ what: "secrets of the recipe", rule: "secrets: redact" });
  });
});
