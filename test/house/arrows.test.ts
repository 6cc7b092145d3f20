import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plantedName } from "./planted.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What the linter says of each file that exists only for this test, in the room where it would be a violation. */
const planted: { readonly file: string; readonly code: string; said: string }[] = [];

/** Answers with what the linter says of it, once it has run. */
function plant(room: string, code: string): () => string {
  const each = { file: `src/${room}/${plantedName}-${planted.length}.ts`, code, said: "" };
  planted.push(each);
  return () => each.said;
}

interface Diagnostic {
  readonly category: string;
  readonly message: string;
  readonly location: { readonly path: string };
}

/** In one call: rules on types read the whole project each time. */
beforeAll(() => {
  for (const { file, code } of planted) writeFileSync(`${root}/${file}`, code);
  const options = ["--colors=off", "--reporter=json", "--max-diagnostics=none"];
  const args = ["lint", ...options, ...planted.map(({ file }) => file)];
  const { stdout } = spawnSync("biome", args, { cwd: root, encoding: "utf8" });
  const { summary, diagnostics } = JSON.parse(stdout);
  expect(summary).toMatchObject({ unchanged: planted.length, diagnosticsNotPrinted: 0 });
  for (const each of planted) {
    const own = (diagnostics as Diagnostic[]).filter(({ location }) => location.path === each.file);
    each.said = own.map(({ category, message }) => `${category} ${message}\n`).join("");
  }
});

afterAll(() => {
  for (const { file } of planted) rmSync(`${root}/${file}`, { force: true });
});

describe("the rooms' arrows", () => {
  const forbidden = [
    ["operations", "../adapters/tar/archive.ts", "Operations see ports"],
    ["operations", "../cli/program.ts", "Nobody imports a delivery layer"],
    ["operations", "../config/load.ts", "Operations see ports"],
    ["domain", "node:fs", "The domain is pure"],
    ["domain", "../ports/engine.ts", "The domain imports nothing but itself"],
    ["ports", "../adapters/docker/engine.ts", "A port knows only the domain"],
    ["adapters/tar", "../../operations/context.ts", "An adapter serves a port"],
    ["adapters/tar", "../../cli/program.ts", "Nobody imports a delivery layer"],
    ["adapters/tar", "node:child_process", "Only exec/ starts processes"],
    ["adapters/tar", "node:sqlite", "Only adapters/sqlite opens databases"],
    ["exec", "../ports/engine.ts", "exec/ is the bottom"],
    ["config", "../operations/context.ts", "shared vocabulary"],
    ["cli/commands", "../../adapters/tar/archive.ts", "A command calls an operation"],
  ] as const;

  for (const [room, target, reason] of forbidden) {
    const said = plant(
      room,
      `import * as thing from "${target}";\nexport const planted = thing;\n`,
    );
    it(`refuse ${room} importing ${target}`, () => {
      expect(said()).toContain("lint/style/noRestrictedImports");
      expect(said()).toContain(reason);
    });
  }

  const allowed = plant(
    "adapters/tar",
    'import type { Engine } from "../../ports/engine.ts";\nexport type Planted = Engine;\n',
  );
  it("let an adapter import its port", () => {
    expect(allowed()).toBe("");
  });
});

describe("the other house rules", () => {
  for (const call of ["Date.now()", "new Date()", "performance.now()"]) {
    const said = plant("operations", `export const planted = ${call};\n`);
    it(`refuse ${call} outside the clock`, () => {
      expect(said()).toContain("Time is a parameter");
    });
  }

  const environment = plant("operations", "export const planted = process.env.HOME;\n");
  it("refuse reading the environment outside config", () => {
    expect(environment()).toContain("noProcessEnv");
  });

  const floating = plant(
    "operations",
    "export async function work(): Promise<void> {}\nexport function planted(): void {\n  work();\n}\n",
  );
  it("refuse a promise that nobody waits for", () => {
    expect(floating()).toContain("noFloatingPromises");
  });

  const talkative = plant(
    "operations",
    "export const planted: any = console.log;\nconsole.log(planted);\n",
  );
  it("refuse any and console", () => {
    expect(talkative()).toContain("noExplicitAny");
    expect(talkative()).toContain("noConsole");
  });
});
