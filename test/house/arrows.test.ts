import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const planted: string[] = [];

/** Lints one file that exists only for this test, in the room where it would be a violation. */
function lint(room: string, code: string): string {
  const file = `src/${room}/planted-violation.ts`;
  planted.push(`${root}/${file}`);
  writeFileSync(`${root}/${file}`, code);
  const result = spawnSync("biome", ["lint", "--colors=off", file], {
    cwd: root,
    encoding: "utf8",
  });
  return result.stdout + result.stderr;
}

afterEach(() => {
  for (const file of planted.splice(0)) rmSync(file, { force: true });
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

  it.each(forbidden)("refuse %s importing %s", (room, target, reason) => {
    const output = lint(
      room,
      `import * as thing from "${target}";\nexport const planted = thing;\n`,
    );
    expect(output).toContain("lint/style/noRestrictedImports");
    expect(output).toContain(reason);
  });

  it("let an adapter import its port", () => {
    const output = lint(
      "adapters/tar",
      'import type { Engine } from "../../ports/engine.ts";\nexport type Planted = Engine;\n',
    );
    expect(output).not.toContain("lint/");
  });
});

describe("the other house rules", () => {
  it.each(["Date.now()", "new Date()", "performance.now()"])(
    "refuse %s outside the clock",
    (call) => {
      expect(lint("operations", `export const planted = ${call};\n`)).toContain(
        "Time is a parameter",
      );
    },
  );

  it("refuse reading the environment outside config", () => {
    expect(lint("operations", "export const planted = process.env.HOME;\n")).toContain(
      "noProcessEnv",
    );
  });

  it("refuse a promise that nobody waits for", () => {
    const code =
      "export async function work(): Promise<void> {}\nexport function planted(): void {\n  work();\n}\n";
    expect(lint("operations", code)).toContain("noFloatingPromises");
  });

  it("refuse any and console", () => {
    const output = lint(
      "operations",
      "export const planted: any = console.log;\nconsole.log(planted);\n",
    );
    expect(output).toContain("noExplicitAny");
    expect(output).toContain("noConsole");
  });
});
