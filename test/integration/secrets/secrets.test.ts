import { readdirSync, readFileSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { removeProject } from "../../bed/compose.ts";
import { marksOf, type PlantedStack, plantedStack } from "../../fixtures/secrets/planted-stack.ts";
import { expectExit } from "../../support/expect-exit.ts";
import type { Finished } from "../../support/stackhold.ts";
import { unpackPart } from "../../support/unpacked-point.ts";

let at: PlantedStack;

/** Names of the secrets that a text holds. */
function secretsIn(text: string): string[] {
  return Object.entries(at.secrets).flatMap(([way, secret]) =>
    marksOf(secret).some((mark) => text.includes(mark)) ? [way] : [],
  );
}

/** Every file below, as text, by its path. */
async function textsBelow(directory: string): Promise<[string, string][]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ parentPath, name }): Promise<[string, string]> => {
      const path = join(parentPath, name);
      return [path, await readFile(path, "latin1")];
    }),
  );
}

/** Programs that Stackhold starts; a container's own arguments are there for all to see. */
const ours = /stackhold|compose|^docker\0|^tar\0|^zstd\0|^find\0/;

/** Command lines of what runs at this moment. */
function commandLines(): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "latin1");
      return ours.test(command) ? [command] : [];
    } catch {
      return [];
    }
  });
}

const seen = new Map<string, string>();

/** Runs it with its command lines looked at all the while, and keeps what it said. */
async function run(exit: number, ...args: string[]): Promise<Finished> {
  const running = at.work.start(args, { env: { HOOK_SECRET: at.secrets.ofStackhold } });
  const looking = setInterval(() => {
    for (const line of commandLines()) seen.set(`command line ${line}`, line);
  }, 200);
  const done = await running.finished;
  clearInterval(looking);
  expectExit(done, exit);
  seen.set(`output of ${args.join(" ")}`, done.stdout + done.stderr);
  return done;
}

const leaks = async () => {
  const places = [at.work.logDir, at.work.stateDir];
  const files = (await Promise.all(places.map(textsBelow))).flat();
  return [...seen, ...files].flatMap(([place, text]) =>
    secretsIn(text).map((way) => `${way} in ${place}`),
  );
};

async function configure(change: (config: Record<string, unknown>) => unknown): Promise<void> {
  const file = at.work.configFile;
  const text = stringify(change(parse(await readFile(file, "utf8"))));
  await writeFile(file, text, { mode: 0o600 });
}

describeWithEngine("secrets of a stack and of the configuration", () => {
  beforeAll(async () => {
    at = await plantedStack();
  });
  afterAll(async () => {
    await removeProject(bedEngine(), `${at.stack.name}c`);
    await at[Symbol.asyncDispose]();
  });

  it("are in no output, event, log or command line of a backup and what leads to it", async () => {
    const { name } = at.stack;
    await run(0, "list", "units", "--json", "--verbose");
    await run(0, "admin", "config", "show");
    await run(0, "admin", "config", "explain", name);
    await run(0, "dry-run", name);
    await run(0, "backup", name, "--scope", "full", "--events", "--verbose");
    await run(0, "verify", name, "--deep", "--verbose");
    expect(await leaks()).toEqual([]);
  });

  it("are in none of a restore, whatever its target and whatever differs", async () => {
    const { name } = at.stack;
    await writeFile(join(at.stack.dir, "compose.yaml"), at.compose("second"));
    await run(3, "backup", name, "--verbose");
    await writeFile(join(at.stack.dir, ".env"), "DOT_SECRET=other\n");
    await writeFile(join(at.stack.dir, "db.secret"), "other\n");
    await run(0, "restore", name, "--with-project", "--dry-run", "--verbose");
    await run(0, "restore", name, "--with-project", "--yes", "--events", "--verbose");
    await run(0, "restore", name, "--to", `directory:${join(at.work.root, "out")}`, "--verbose");
    await run(0, "restore", name, "--script", join(at.work.root, "script"), "--verbose");
    await run(0, "restore", name, "--to", `project:${name}c`, "--events", "--verbose");
    expect(await leaks()).toEqual([]);
  });

  it("are not in what others say when something fails", async () => {
    const { name, dir } = at.stack;
    await configure((config) => ({ ...config, backup: { hooks: { pre_backup: at.badHook } } }));
    const failed = await run(1, "backup", name, "--verbose");
    expect(failed.stdout + failed.stderr).toContain("ended with exit code 7");
    await configure((config) => ({ ...config, backup: {} }));

    const quoted = `API_KEY='${at.secrets.envFile}'\nnot a name ${at.secrets.environment}\n`;
    await writeFile(join(dir, "app.env"), quoted);
    const gap = await run(3, "backup", name, "--json", "--verbose");
    expect(gap.stdout).toContain('"what": "configuration"');
    await run(1, "backup", name, "--quiesce", "down", "--verbose");
    await writeFile(join(dir, "app.env"), `API_KEY='${at.secrets.envFile}'\n`);
    const dollar = at.compose("$".concat("{", at.secrets.environment, " x"));
    await writeFile(join(dir, "compose.yaml"), dollar);
    await run(1, "backup", name, "--quiesce", "down", "--verbose");
    await writeFile(join(dir, "compose.yaml"), at.compose("second"));
    expect(await leaks()).toEqual([]);
  });

  it("are kept in the point in files that only root may read, and in no other", async () => {
    await using recipe = await unpackPart(at.work, at.stack.name, "recipe");
    const holding = [];
    for (const path of recipe.names) {
      if (secretsIn(await recipe.text(path)).length > 0) holding.push(path);
    }
    expect(holding.toSorted()).toEqual(
      ["compose/.env", "compose/app.env", "compose/compose.yaml", "compose/db.secret"].concat(
        "compose/site.conf",
        "secrets.json",
      ),
    );
    for (const [path, text] of await textsBelow(at.work.backupDir)) {
      expect((await stat(path)).mode & 0o777, path).toBe(0o600);
      if (!path.includes(".tar")) expect(secretsIn(text), path).toEqual([]);
    }
    const scripts = join(at.work.root, "script");
    for (const [path, text] of await textsBelow(scripts)) {
      if (!path.startsWith(join(scripts, "data"))) expect(secretsIn(text), path).toEqual([]);
    }
  });
});
