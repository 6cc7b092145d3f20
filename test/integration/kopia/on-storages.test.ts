import { stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bedEngine } from "../../bed/bed.ts";
import { type ArgvWatch, watchArgv } from "../../support/argv-watch.ts";
import { describeWithEngineAndKopia } from "../../support/engine-and-kopia.ts";
import { type EventWatch, watchEngine } from "../../support/engine-events.ts";
import { everyFile } from "../../support/every-file.ts";
import { kopiaAt, testPassword } from "../../support/kopia-settings.ts";
import { type KopiaStack, kopiaStack } from "../../support/kopia-stack.ts";
import { type StorageServer, startStorage, storagesHere } from "../../support/kopia-storages.ts";

/** Kopia is started some fifty times, each with a storage that has to be reached first. */
const timeout = 600_000;

describeWithEngineAndKopia("a run into a repository on each kind of storage", { timeout }, () => {
  const names = storagesHere();
  let servers: StorageServer[];
  let at: KopiaStack;
  let argv: ArgvWatch;
  let watch: EventWatch;
  let said = "";

  const run = async (...args: string[]) => {
    const done = await at.workspace.stackhold(args);
    said += `${done.stdout}\n${done.stderr}\n`;
    return done;
  };

  beforeAll(async () => {
    servers = await Promise.all(names.map((name) => startStorage(name)));
    const fresh = await Promise.all(servers.map((server) => server.fresh()));
    const repositories = fresh.map(({ keys }, index) => [names[index], kopiaAt(keys)]);
    at = await kopiaStack(() => Object.fromEntries(repositories));
    await at.fill("large", 2);
    watch = watchEngine(bedEngine());
    argv = watchArgv();
    // One after the other: each is to answer within a minute.
    for (const name of names) expect((await run("admin", "repo", "init", name)).code).toBe(0);
  });
  afterAll(async () => {
    argv[Symbol.dispose]();
    await at[Symbol.asyncDispose]();
    for (const server of servers) await server[Symbol.asyncDispose]();
  });

  it("stops the unit once and has a point in each of them", async () => {
    const done = await run("backup", at.name, "--scope", "minimal", "--events", "--verbose");
    const { result } = done.events().at(-1);
    expect(result.units[0].warnings).toEqual([]);
    expect(done.code).toBe(0);
    expect(result.units[0].repositories).toMatchObject(
      names.map((name) => ({ name, status: "succeeded" })),
    );
    const happened = await watch.happened(at.name);
    expect(happened.filter(({ action }) => action === "die")).toHaveLength(1);
  });

  it("leaves points that are whole", async () => {
    const done = await run("verify", "--deep", "--json", "--verbose");
    expect(done.code).toBe(0);
    expect(done.json()).toMatchObject({ checked: names.length, ok: true, problems: [] });
  });

  it("has told nobody a secret, in no command line, event, message, log or file of its own", async () => {
    const secrets = [testPassword, ...servers.flatMap((server) => server.secrets)];
    const { stateDir, logDir } = at.workspace;
    // What Kopia itself asks a storage with, which is for its owner alone.
    const connection = "repository.config";
    const places = {
      said,
      argv: argv.seen().join("\n"),
      logs: await everyFile(logDir),
      state: await everyFile(stateDir, connection),
    };
    for (const [where, text] of Object.entries(places)) {
      expect(text, where).not.toBe("");
      for (const secret of secrets) expect(text.includes(secret), where).toBe(false);
    }
    for (const name of names) {
      const { mode } = await stat(join(stateDir, "kopia", name, connection));
      expect(mode & 0o777).toBe(0o600);
    }
    // Kopia is seen with each, and rclone where it serves.
    const lines = argv.seen();
    for (const name of names) {
      const connects = `repository create ${name === "WebDAV" ? "webdav" : name.toLowerCase()} `;
      expect(
        lines.some((line) => line.includes(connects)),
        connects,
      ).toBe(true);
    }
    const serves = lines.some((line) => line.startsWith("rclone -v serve webdav keep:"));
    expect(serves).toBe(names.includes("rclone"));
  });
});
