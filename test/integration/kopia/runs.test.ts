import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bedEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { watchArgv } from "../../support/argv-watch.ts";
import { describeWithEngineAndKopia } from "../../support/engine-and-kopia.ts";
import { watchEngine } from "../../support/engine-events.ts";
import { everyFile } from "../../support/every-file.ts";
import { pathWithout } from "../../support/fake-programs.ts";
import { freePort } from "../../support/free-port.ts";
import { kopiaProgram } from "../../support/kopia.ts";
import { kopiaAt, kopiaIn, testPassword } from "../../support/kopia-settings.ts";
import { type KopiaStack, kopiaStack } from "../../support/kopia-stack.ts";
import { kopiaWorkspace } from "../../support/kopia-workspace.ts";
import { expectRefused, untouched } from "../../support/refused.ts";

const otherPassword = "another-password-of-the-test";

/** Everything about a tree that a restore gives back, as text. */
async function picture(directory: string): Promise<string> {
  const script = `find . ! -path . -printf '%p %y %m %U:%G %n %T@ %l\\n' | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum; getfattr -R -h -d -m - .`;
  return (await run(["sh", "-c", script], { cwd: directory })).stdout;
}

describeWithEngineAndKopia("whole runs into an archive and two Kopia repositories", () => {
  let at: KopiaStack;
  let original: string;

  const configured = (place: string) => ({
    local: { type: "archive", path: join(place, "local") },
    offsite: kopiaIn(join(place, "offsite")),
    second: kopiaIn(join(place, "second"), { password: otherPassword }),
  });
  const backup = () => at.workspace.stackhold(["backup", at.name, "--json"]);

  beforeAll(async () => {
    at = await kopiaStack(configured);
    await at.fill("large", 5);
    const volume = await at.volume();
    const odd = `mkdir d; echo x > d/one; ln d/one d/two; ln -s one d/link; mkfifo fifo; chmod 4751 d/one; chown 12:34 large; setfattr -n user.word -v y d/one; touch -d 2001-02-03T04:05:06.789 d; printf x > "$(printf 'odd\\377')"`;
    await run(["sh", "-c", odd], { cwd: volume });
    original = await picture(volume);
  });
  afterAll(() => at[Symbol.asyncDispose]());

  it("stop the unit once, and tell nobody a password", async () => {
    const watch = watchEngine(bedEngine());
    using argv = watchArgv();
    const done = await at.workspace.stackhold(["backup", at.name, "--events", "--verbose"]);
    expect(`${done.code} ${done.stderr}`).toMatch(/^0 /);
    const { result } = done.events().at(-1);
    expect(result.units[0].repositories).toMatchObject([
      { name: "local", status: "succeeded" },
      { name: "offsite", status: "succeeded" },
      { name: "second", status: "succeeded" },
    ]);
    const happened = await watch.happened(at.name);
    expect(happened.filter(({ action }) => action === "die")).toHaveLength(1);
    const said = [done.stdout, done.stderr, ...argv.seen()].join("\n");
    const kept = await everyFile(at.workspace.logDir);
    const state = await everyFile(at.workspace.stateDir);
    for (const password of [testPassword, otherPassword]) {
      expect(said.includes(password)).toBe(false);
      expect(kept.includes(password)).toBe(false);
      expect(state.includes(password)).toBe(false);
    }
    expect(argv.seen().some((line) => line.includes("snapshot create"))).toBe(true);
  });

  it.each(["local", "offsite", "second"])("give the data back as it was: %s", async (name) => {
    const to = join(at.place, `from-${name}`);
    const from = ["--repository", name, "--part", "volume:data", "--yes"];
    const done = await at.workspace.stackhold([
      ...["restore", at.name, "--to", `directory:${to}`, ...from, "--json"],
    ]);
    expect(`${done.code} ${done.stderr}`).toMatch(/^0 /);
    expect(await picture(join(to, "volume-data"))).toBe(original);
  });

  it("give it back in place when nothing of the stack is left", async () => {
    await at.stack.down("-v");
    const restore = ["restore", at.name, "--repository", "offsite", "--yes", "--json"];
    const done = await at.workspace.stackhold(restore);
    expect(`${done.code} ${done.stderr}`).toMatch(/^0 /);
    expect(done.json()).toMatchObject({ running: true });
    expect(await picture(await at.volume())).toBe(original);
  });

  it("go on without a repository that cannot be used, with a warning that names it", async () => {
    const offsite = join(at.place, "offsite");
    await run(["mv", offsite, `${offsite}.away`]);
    await writeFile(offsite, "no directory");
    const done = await backup();
    await rm(offsite);
    await run(["mv", `${offsite}.away`, offsite]);
    expect(done.code).toBe(3);
    expect(done.json().units[0]).toMatchObject({
      status: "warning",
      repositories: [
        { name: "local", status: "succeeded" },
        { name: "offsite", status: "failed", error: { code: "REPOSITORY_UNUSABLE" } },
        { name: "second", status: "succeeded" },
      ],
      warnings: [
        expect.stringMatching(/^repository offsite has no point: its storage is not a dir/),
      ],
    });
    const listed = await at.workspace.stackhold(["list", "points", "--json"]);
    const newest = listed.json().filter(({ backupId }: { backupId: string }) => {
      return backupId === done.json().backupId;
    });
    expect(newest).toMatchObject([{ repository: "local" }, { repository: "second" }]);
  });

  it("go on into a repository that was made anew, and say so", async () => {
    await rm(join(at.place, "second"), { recursive: true });
    const done = await backup();
    expect(done.code).toBe(3);
    expect(done.json().units[0]).toMatchObject({
      repositories: [{ status: "succeeded" }, { status: "succeeded" }, { status: "succeeded" }],
      warnings: [expect.stringMatching(/^repository second was not there any more/)],
    });
  });

  it("find no problem in all that they kept", async () => {
    const done = await at.workspace.stackhold(["verify", "--all", "--deep", "--json"]);
    expect(`${done.code} ${done.stdout}`).toMatch(/^0 /);
    expect(done.json()).toMatchObject({ ok: true, problems: [] });
  });

  it("keep the points of two hosts apart", async () => {
    const engine = bedEngine();
    const repositories = { offsite: kopiaIn(join(at.place, "offsite")) };
    const config = { host: "otherhost", retention: { latest: 1 } };
    const stacksDir = at.stack.root;
    await using other = await kopiaWorkspace(engine, repositories, { stacksDir, config });
    const before = await at.workspace.stackhold(["list", "points", "--json"]);
    const first = await other.stackhold(["list", "points", "--json"]);
    expect(first.json()).toEqual([]);
    const offered = await other.stackhold(["list", "points", "--all-hosts", "--json"]);
    expect(offered.json().length).toBeGreaterThan(0);
    for (let run = 0; run < 2; run += 1) {
      const done = await other.stackhold(["backup", at.name, "--json"]);
      expect(`${done.code} ${done.stderr}`).toMatch(/^0 /);
    }
    expect((await other.stackhold(["list", "points", "--json"])).json()).toHaveLength(1);
    const after = await at.workspace.stackhold(["list", "points", "--json"]);
    expect(after.json()).toEqual(before.json());
    const to = join(at.place, "from-host");
    const restore = ["restore", at.name, "--host", "testhost", "--to", `directory:${to}`, "--yes"];
    expect(await other.stackhold([...restore, "--part", "volume:data"])).toMatchObject({ code: 0 });
    expect(await picture(join(to, "volume-data"))).toBe(original);
  });
});

describeWithEngineAndKopia("a Kopia repository that cannot be used", () => {
  let at: KopiaStack;
  beforeAll(async () => {
    at = await kopiaStack((place) => ({ offsite: kopiaIn(join(place, "offsite")) }));
    // Empty, as somebody may have made it.
    await mkdir(join(at.place, "offsite"));
  });
  afterAll(() => at[Symbol.asyncDispose]());

  const refused = async (repository: Readonly<Record<string, unknown>>) => {
    const stacksDir = at.stack.root;
    await using workspace = await kopiaWorkspace(
      bedEngine(),
      { offsite: repository },
      { stacksDir },
    );
    return await workspace.stackhold(["backup", at.name, "--json"]);
  };

  it.each([
    ["kopia", "install Kopia"],
    ["getfattr", "apt-get install attr"],
    ["setfattr", "apt-get install attr"],
  ])("for want of %s: exit 20, and nothing is stopped", async (program, hint) => {
    await using programs = await pathWithout(program, "kopia");
    if (program !== "kopia") await symlink(kopiaProgram, join(programs.path, "kopia"));
    const env = { PATH: programs.path };
    const done = await untouched(at, () =>
      at.workspace.stackhold(["backup", at.name, "--json"], { env }),
    );
    const says = `${program} is not installed`;
    expectRefused(done, { exit: 20, code: "TOOL_MISSING", says, hint });
  });

  it("with another password: exit 12, and nothing is stopped", async () => {
    expect(await at.workspace.stackhold(["backup", at.name])).toMatchObject({ code: 0 });
    const repository = kopiaIn(join(at.place, "offsite"), { password: otherPassword });
    expectRefused(await untouched(at, () => refused(repository)), {
      exit: 12,
      code: "WRONG_CREDENTIALS",
      says: "repository offsite: the password is wrong",
      hint: "password",
    });
  });

  it("where nobody answers: exit 10 within a minute, and nothing is stopped", async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const keys = { access_key: "key-of-the-test", secret_key: "secret-of-the-test" };
    const began = performance.now();
    const done = await untouched(at, () =>
      refused(kopiaAt({ type: "s3", bucket: "bucket", endpoint, region: "r", ...keys })),
    );
    expect(performance.now() - began).toBeLessThan(60_000);
    expectRefused(done, {
      exit: 10,
      code: "REPOSITORY_UNUSABLE",
      says: /^repository offsite: its storage (cannot be reached|did not answer in time)/,
      hint: "reached",
    });
  });
});
