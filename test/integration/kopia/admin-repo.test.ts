import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createLocks } from "../../../src/adapters/sqlite/locks.ts";
import { createSystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { accessTo } from "../../bed/access.ts";
import { until } from "../../bed/processes.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { pathWithout } from "../../support/fake-programs.ts";
import { describeWithKopia, kopiaProgram, pathWithKopia } from "../../support/kopia.ts";
import type { Finished } from "../../support/stackhold.ts";
import { atTerminal } from "../../support/terminal.ts";
import { createWorkspace, type Workspace } from "../../support/workspace.ts";

interface Here extends AsyncDisposable {
  readonly workspace: Workspace;
  readonly passwordFile: string;
  /** Of the repository `offsite`. */
  readonly directory: string;
  repo(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Finished>;
}

const noEngine = accessTo("unix:///nowhere/docker.sock");

/** An archive `local` and a Kopia repository `offsite`, neither of them made yet. */
async function here(more: Readonly<Record<string, unknown>> = {}): Promise<Here> {
  const kopia = { type: "kopia", storage: { type: "filesystem", path: "kopia" }, ...more };
  const password = "password" in more ? {} : { password_file: "password" };
  const repositories = {
    local: { type: "archive", path: "archive" },
    offsite: { ...kopia, ...password },
  };
  const workspace = await createWorkspace(noEngine, { config: { repositories } });
  const passwordFile = join(workspace.root, "password");
  await writeFile(passwordFile, "first password\n", { mode: 0o640 });
  await chmod(passwordFile, 0o640);
  return {
    workspace,
    passwordFile,
    directory: join(workspace.root, "kopia"),
    repo: (args, env) =>
      workspace.stackhold(["admin", "repo", ...args], { env: { PATH: pathWithKopia(), ...env } }),
    [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
  };
}

async function documentOf(done: Promise<Finished>, exit = 0) {
  const finished = await done;
  expectExit(finished, exit);
  return finished.json();
}

describeWithKopia("admin config validate", () => {
  it("warns where the program of a repository is missing, and asks no repository", async () => {
    await using at = await here();
    const validate = async (path: string) => {
      const args = ["admin", "config", "validate", "--json"];
      const done = await at.workspace.stackhold(args, { env: { PATH: path } });
      const { warnings } = await documentOf(Promise.resolve(done));
      return warnings.filter((warning: string) => warning.startsWith("repositories"));
    };
    await using programs = await pathWithout("kopia");
    expect(await validate(programs.path)).toEqual([
      expect.stringMatching(/^repositories\.offsite: kopia is not installed: /),
    ]);
    expect(await validate(pathWithKopia())).toEqual([]);
  });
});

describeWithKopia("admin repo", () => {
  it("says that another repository lies in the old one's place, until a run has been told", async () => {
    await using at = await here();
    await using other = await here();
    for (const each of [at, other]) expectExit(await each.repo(["init"]), 0);
    await rename(at.directory, `${at.directory}-former`);
    await rename(other.directory, at.directory);
    const replaced = "another repository lies where the earlier one was";
    for (const _ of [1, 2]) expect((await at.repo(["status"])).stderr).toContain(replaced);
    const opened = await documentOf(at.repo(["init", "offsite", "--json"]), 3);
    expect(opened.repositories).toMatchObject([
      { outcome: "found", warnings: [expect.stringContaining(replaced)] },
    ]);
    expect((await at.repo(["status"])).stderr).not.toContain(replaced);
    const again = await documentOf(at.repo(["init", "offsite", "--json"]));
    expect(again.repositories).toMatchObject([{ warnings: [] }]);
  });

  it("makes repositories of both kinds, says what they are, and makes them once", async () => {
    await using at = await here({ compression: "zstd", upload_bytes_per_second: 5_000_000 });
    const before = await documentOf(at.repo(["status", "--json"]));
    expect(before.repositories).toMatchObject([
      { name: "local", kind: "archive", state: "absent" },
      { name: "offsite", kind: "kopia", state: "absent" },
    ]);
    expect(await readdir(at.workspace.root)).not.toContain("kopia");

    const outcomes = async () =>
      (await documentOf(at.repo(["init", "--json"]))).repositories.map(
        (each: { outcome: string }) => each.outcome,
      );
    expect([await outcomes(), await outcomes()]).toEqual([
      ["made", "made"],
      ["found", "found"],
    ]);
    const after = await documentOf(at.repo(["status", "--json"]));
    expect(after).toMatchObject({
      schemaVersion: 1,
      unreachable: [],
      repositories: [
        { name: "local", state: "found", disk: { totalBytes: expect.any(Number) } },
        {
          ...{ name: "offsite", state: "found", disk: { usedPercent: expect.any(Number) } },
          ...{ storage: "filesystem", encryption: "AES256-GCM-HMAC-SHA256", compression: "zstd" },
          ...{ uploadLimit: 5_000_000, maintenance: { isOurs: true } },
        },
      ],
    });
    expect(JSON.stringify(after)).not.toContain("first password");
    const text = (await at.repo(["status", "offsite"])).stdout;
    expect(text).toMatch(/^offsite \(kopia\): is there$/m);
    expect(text).toMatch(/compression +zstd/);
  });

  it("maintains a Kopia repository, quick and full, and not one that another host maintains", async () => {
    await using at = await here();
    await at.repo(["init"]);
    const quick = await documentOf(at.repo(["maintenance", "--json"]));
    expect(quick.repositories).toMatchObject([{ name: "offsite", full: false }]);
    const full = await documentOf(at.repo(["maintenance", "offsite", "--full", "--json"]));
    expect(full.repositories).toMatchObject([
      { full: true, maintenance: { isOurs: true, nextFullAt: expect.any(String) } },
    ]);

    const config = join(at.workspace.stateDir, "kopia/offsite/repository.config");
    const text = await readFile(config, "utf8");
    await writeFile(config, text.replace(/"hostname": ".*"/, '"hostname": "elsewhere"'));
    const refused = await at.repo(["maintenance", "--json"]);
    expectExit(refused, 2);
    expect(refused.json().error).toMatchObject({
      code: "USAGE",
      message: expect.stringMatching(/^repository offsite: \S+@\S+ maintains it$/),
      hint: expect.stringContaining("--take-over"),
    });
    const taken = await documentOf(at.repo(["maintenance", "--take-over", "--json"]));
    expect(taken.repositories[0].maintenance.owner).toMatch(/@elsewhere$/);
  });

  it.each(["maintenance", "change-password", "connect", "disconnect"])(
    "says that an archive has nothing to do with it: %s",
    async (verb) => {
      await using at = await here();
      const refused = await at.repo([verb, "local", "--json"]);
      expectExit(refused, 2);
      expect(refused.json().error).toMatchObject({
        code: "USAGE",
        message: expect.stringMatching(
          /^repository local has no .*: an archive is a plain directory$/,
        ),
      });
    },
  );

  it("forgets a connection with its cache, and connects again", async () => {
    await using at = await here();
    await at.repo(["init"]);
    const own = join(at.workspace.stateDir, "kopia/offsite");
    expect(await readdir(own)).toEqual(expect.arrayContaining(["cache", "repository.config"]));
    const disconnect = () => documentOf(at.repo(["disconnect", "--json"]));
    expect((await disconnect()).repositories).toMatchObject([{ wasConnected: true }]);
    expect(await readdir(own)).toEqual([]);
    expect((await disconnect()).repositories).toMatchObject([{ wasConnected: false }]);
    expect((await documentOf(at.repo(["connect", "--json"]))).repositories).toMatchObject([
      { name: "offsite", connected: true },
    ]);
    await rm(at.directory, { recursive: true });
    const gone = await at.repo(["connect", "--json"]);
    expectExit(gone, 10);
    expect(gone.json().error.message).toBe("repository offsite: there is no repository");
  });

  it("hides no repository because another is away", async () => {
    await using at = await here();
    await at.repo(["init"]);
    await writeFile(at.passwordFile, "wrong\n");
    const some = await documentOf(at.repo(["status", "--json"]), 3);
    expect(some.repositories).toMatchObject([{ name: "local", state: "found" }]);
    expect(some.unreachable).toMatchObject([
      { name: "offsite", error: { code: "WRONG_CREDENTIALS" } },
    ]);
    expectExit(await at.repo(["status", "offsite"]), 12);
    expectExit(await at.repo(["status", "nowhere"]), 2);
  });
});

describeWithKopia("admin repo change-password", () => {
  const opens = async (at: Here, password: string) => {
    await writeFile(at.passwordFile, `${password}\n`);
    return (await at.repo(["status", "offsite"])).code;
  };

  it("takes the new one from a file, puts it where the old one was, and shuts the old one out", async () => {
    await using at = await here();
    await at.repo(["init"]);
    const next = join(at.workspace.root, "next");
    await writeFile(next, "second password\n");
    const changed = await documentOf(
      at.repo(["change-password", "--new-password-file", next, "--json"]),
    );
    expect(changed).toEqual({
      ...{ schemaVersion: 1, name: "offsite", changed: true },
      ...{ keptIn: at.passwordFile, warnings: [] },
    });
    expect(await readFile(at.passwordFile, "utf8")).toBe("second password\n");
    expect((await stat(at.passwordFile)).mode & 0o777).toBe(0o640);
    expect(await readdir(at.workspace.root)).not.toContain("password.new");
    expectExit(await at.repo(["status", "offsite"]), 0);
    expect([await opens(at, "first password"), await opens(at, "second password")]).toEqual([
      12, 0,
    ]);
    const logs = await readdir(at.workspace.logDir);
    const texts = logs.map((name) => readFile(join(at.workspace.logDir, name), "utf8"));
    expect((await Promise.all(texts)).join("")).not.toMatch(/(first|second) password/);
  });

  it("takes it from the environment, and says what is left to do where it stands in the configuration", async () => {
    await using at = await here({ password: "first password" });
    await at.repo(["init"]);
    const changed = await documentOf(
      at.repo(["change-password", "offsite", "--json"], { STACKHOLD_NEW_PASSWORD: "second" }),
      3,
    );
    expect(changed.keptIn).toBeUndefined();
    expect(changed.warnings).toEqual([expect.stringMatching(/^put the new password of offsite/)]);
    expectExit(await at.repo(["status", "offsite"]), 12);
  });

  it("asks twice at a terminal, and changes nothing when the two differ", async () => {
    await using at = await here();
    await at.repo(["init"]);
    const ask = async (first: string, second: string) => {
      const env = { PATH: pathWithKopia() };
      await using terminal = await atTerminal(
        at.workspace,
        ["admin", "repo", "change-password"],
        env,
      );
      await terminal.seen("the new password of offsite:");
      terminal.type(`${first}\r`);
      await terminal.seen("once more:");
      terminal.type(`${second}\r`);
      return await terminal.ended;
    };
    const differing = await ask("typed one", "typed two");
    expect([differing.code, await opens(at, "first password")]).toEqual([2, 0]);
    const same = await ask("typed one", "typed one");
    expect(same.code).toBe(0);
    expect(same.text).not.toContain("typed one");
    expect(await readFile(at.passwordFile, "utf8")).toBe("typed one\n");
  });

  it("wants a new password, and one that is another", async () => {
    await using at = await here();
    await at.repo(["init"]);
    const missing = await at.repo(["change-password", "--json"]);
    expectExit(missing, 2);
    expect(missing.json().error.hint).toMatch(/STACKHOLD_NEW_PASSWORD/);
    const env = { STACKHOLD_NEW_PASSWORD: "first password" };
    expectExit(await at.repo(["change-password"], env), 2);
  });

  it("waits for nobody: a run that uses the repository refuses it", async () => {
    await using at = await here();
    await at.repo(["init"]);
    const locks = createLocks({ stateDir: at.workspace.stateDir, clock: createSystemClock() });
    await using _held = await locks.acquire(`repository/${at.directory}`, "run", "a backup");
    const refused = await at.repo(["change-password"], { STACKHOLD_NEW_PASSWORD: "second" });
    expectExit(refused, 11);
  });

  it("is whole when Stackhold is killed on the way: the new password waits beside the old one", async () => {
    await using at = await here();
    await at.repo(["init"]);
    const bin = join(at.workspace.root, "bin");
    await mkdir(bin);
    const script = `#!/bin/sh
case "$*" in *change-password*) : > '${bin}/begun'; until [ -e '${bin}/go' ]; do sleep 0.05; done ;; esac
'${kopiaProgram}' "$@"; code=$?
case "$*" in *change-password*) echo $code > '${bin}/code'; mv '${bin}/code' '${bin}/done' ;; esac
exit $code
`;
    await writeFile(join(bin, "kopia"), script, { mode: 0o755 });
    const run = at.workspace.start(["admin", "repo", "change-password"], {
      env: { PATH: `${bin}:${pathWithKopia()}`, STACKHOLD_NEW_PASSWORD: "second password" },
    });
    const isThere = async (name: string) => (await readdir(bin)).includes(name);
    expect(await until(() => isThere("begun"), 60_000)).toBe(true);
    run.process.kill("SIGKILL");
    await run.finished;
    await writeFile(join(bin, "go"), "");
    expect(await until(() => isThere("done"), 60_000)).toBe(true);
    expect(await readFile(join(bin, "done"), "utf8")).toBe("0\n");
    expect(await readFile(`${at.passwordFile}.new`, "utf8")).toBe("second password\n");
    expectExit(await at.repo(["status", "offsite"]), 12);
    await rename(`${at.passwordFile}.new`, at.passwordFile);
    expectExit(await at.repo(["status", "offsite"]), 0);
  });

  it("keeps what it replaces, with which the old password opens it again", async () => {
    await using at = await here();
    await at.repo(["init"]);
    await at.repo(["change-password"], { STACKHOLD_NEW_PASSWORD: "second password" });
    const kept = join(at.workspace.stateDir, "kopia/offsite/before-password-change");
    for (const name of ["kopia.repository", "kopia.blobcfg"]) {
      await writeFile(join(at.directory, `${name}.f`), await readFile(join(kept, name)));
    }
    expect([await opens(at, "second password"), await opens(at, "first password")]).toEqual([
      12, 0,
    ]);
  });
});
