import { writeFileSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { expectRefused, untouched } from "../../support/refused.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { type StackAtWork, stackAtWork } from "../../support/stack-at-work.ts";
import { smallDisk } from "../../support/tmpfs.ts";
import { openFront } from "../engine/front.ts";

let at: StackAtWork;
let config = "";

/** Nobody: a user that may read nothing of ours. */
const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

const backup = (env: Record<string, string> = {}, prefix: readonly string[] = []) =>
  untouched(at, () => at.workspace.stackhold(["backup", at.stack.name, "--json"], { env, prefix }));

/** The configuration with further lines in place of what it says of the same keys. */
async function configured(lines: string): Promise<string> {
  const file = join(at.workspace.root, "other.yaml");
  const keys = lines.split("\n").map((line) => /^\w+/.exec(line)?.[0]);
  const blocks = config.split(/\n(?=\w)/);
  const kept = blocks.filter((block) => !keys.includes(/^\w+/.exec(block)?.[0]));
  await writeFile(file, `${kept.join("\n").trim()}\n${lines}\n`, { mode: 0o600 });
  return file;
}

const backupWith = async (lines: string) => {
  const file = await configured(lines);
  return untouched(at, () =>
    at.workspace.stackhold(["--config", file, "backup", at.stack.name, "--json"]),
  );
};

describeWithEngine("a configuration that cannot be used", () => {
  beforeAll(async () => {
    at = await stackAtWork(
      hostComposeFile({ app: service({ volumes: ["data:/data"] }) }, { data: {} }),
    );
    config = await readFile(at.workspace.configFile, "utf8");
  });
  afterAll(() => at[Symbol.asyncDispose]());

  it.each([
    ["an unknown key", "bakup: {}", /unknown key `bakup`: did you mean `backup`\?/],
    ["an unknown inner key", "backup: {exclud: [a]}", /`backup\.exclud`.*`exclude`/],
    ["a key in the wrong place", "exclude: [a]", /unknown key `exclude`.*`backup\.exclude`/],
    ["a wrong value", "backup: {quiesce: halt}", /"halt" is not one of stop, pause, down, none/],
    ["a wrong type", "backup: {exclude: '*.tmp'}", /has to be a list/],
    ["a wrong duration", "backup: {stop_timeout: soon}", /stop_timeout/],
    ["what is no YAML", "backup: {exclude: [", /other\.yaml:\d+/],
    ["two problems at once", "backup: {quiesce: halt}\nbakup: {}", /2 problems/],
  ])("%s: exit 2, with the place", async (_, lines, says) => {
    const done = await backupWith(lines);
    const hint = "docs/config.md";
    expectRefused(done, { exit: 2, code: "CONFIG_INVALID", says, hint });
    expect(done.json().error.message).toMatch(/other\.yaml:\d+:\d+/);
  });

  it("validate warns of what this host does not have, exit 0, also without an engine", async () => {
    const typo = `${at.stack.name.slice(0, -1)}q`;
    const file = await configured(
      `stacks_dir: /nowhere\nskip_stop: [${at.stack.name}, traefik]\nunits: {${typo}: {quiesce: none, hooks: {pre_freeze: [/nowhere/hook, a], post_backup: ["true"]}}}`,
    );
    const validate = async (env: Record<string, string> = {}) => {
      const words = ["--config", file, "admin", "config", "validate", "--json"];
      const done = await at.workspace.stackhold(words, { env });
      expectExit(done, 0);
      const { warnings }: { warnings: string[] } = done.json();
      return warnings.filter((warning) => !warning.includes("in this version"));
    };
    expect(await validate()).toEqual([
      "stacks_dir: there is no directory /nowhere",
      expect.stringMatching(
        `^units\\.${typo}\\.hooks\\.pre_freeze: the hook /nowhere/hook is refused: `,
      ),
      'skip_stop names "traefik", which is not here',
      `units names "${typo}", which is not here: did you mean "${at.stack.name}"?`,
    ]);
    const [, , looked, ...more] = await validate({ STACKHOLD_DOCKER_HOST: "unix:///nowhere.sock" });
    expect(looked).toMatch(/^it could not be looked whether the units .*nowhere\.sock/);
    expect(more).toEqual([]);
  });

  it("a value from the environment that is wrong: exit 2, naming the variable", async () => {
    const variable = "STACKHOLD_BACKUP_START_TIMEOUT";
    const refusal = { exit: 2, code: "CONFIG_INVALID", says: variable, hint: "docs/config.md" };
    expectRefused(await backup({ [variable]: "soon" }), refusal);
  });

  it("a file that is not there, or that may not be read: exit 2", async () => {
    const gone = join(at.workspace.root, "gone.yaml");
    const done = await at.workspace.stackhold(["--config", gone, "list", "units", "--json"]);
    const code = "CONFIG_UNREADABLE";
    expectRefused(done, {
      exit: 2,
      code,
      says: `there is no configuration file ${gone}`,
      hint: "--config",
    });
    await chmod(at.workspace.root, 0o755);
    const says = `cannot read the configuration ${at.workspace.configFile}: permission denied`;
    expectRefused(await backup({}, nobody), { exit: 2, code, says, hint: "--config" });
    const directory = await at.workspace.stackhold([
      ...["--config", at.workspace.root, "list", "units", "--json"],
    ]);
    expectRefused(directory, { exit: 2, code, says: "it is a directory", hint: "--config" });
  });

  it("a state_dir that cannot be written: exit 2, and says which", async () => {
    await using disk = await smallDisk("1m");
    await disk.remount("ro");
    const state = join(disk.path, "state");
    const refusal = { exit: 2, code: "CONFIG_UNREADABLE", says: state, hint: "state_dir" };
    expectRefused(await backup({ STACKHOLD_STATE_DIR: state }), refusal);
    const file = join(at.workspace.root, "file");
    await writeFile(file, "");
    expectRefused(await backup({ STACKHOLD_STATE_DIR: file }), { ...refusal, says: file });
  });

  it("a state_dir that is full or became read-only: nothing stops", async () => {
    await using disk = await smallDisk("1m");
    const state = join(disk.path, "state");
    await mkdir(state);
    await disk.remount("ro");
    const done = await backup({ STACKHOLD_STATE_DIR: state });
    expect(done.code).toBeGreaterThan(0);
    expect(done.json().error).toMatchObject({ message: expect.stringContaining(state) });
    await disk.remount("rw");
    await writeFile(join(disk.path, "filler"), Buffer.alloc(2 ** 20)).catch(() => undefined);
    const full = await backup({ STACKHOLD_STATE_DIR: state });
    expect(full.code).toBeGreaterThan(0);
    expect(JSON.stringify(full.json())).toContain(state);
  });

  it("a state_dir that fills up while the unit is down: it runs again, and its point is there", async () => {
    await using disk = await smallDisk("1m");
    const { dockerHost } = bedEngine();
    const { id = "" } = (await at.look())[at.named("app")] ?? {};
    await using front = await openFront(dockerHost, (call) => {
      if (!call.url?.includes(`${id}/start`)) return false;
      try {
        writeFileSync(join(disk.path, "filler"), Buffer.alloc(2 ** 20));
      } catch {
        // It is full: that was the purpose.
      }
      return false;
    });
    const file = await configured(`docker: {host: "${front.address}"}\nstate_dir: ${disk.path}`);
    const done = await at.workspace.stackhold([
      ...["--config", file, "backup", at.stack.name, "--json"],
    ]);
    expect(done.code, done.stderr).toBe(3);
    expect(done.json().units[0]).toMatchObject({
      status: "warning",
      repositories: [{ status: "succeeded" }],
    });
    expect(done.stderr).toContain(`no space left on the disk of ${disk.path}`);
    expect((await at.look())[at.named("app")]?.state).toBe("running");
  });

  it("a log_dir that cannot be written is a warning: the run goes on", async () => {
    await using disk = await smallDisk("1m");
    await disk.remount("ro");
    const logs = join(disk.path, "logs");
    const done = await at.workspace.stackhold(["backup", at.stack.name, "--json"], {
      env: { STACKHOLD_LOG_DIR: logs },
    });
    expect(done.code).toBe(0);
    expect(done.json().status).toBe("succeeded");
    expect(done.stderr).toMatch(new RegExp(`\\[WARNING\\] stackhold: the log ${logs}/backup_`));
    expect(done.stderr.match(/stackhold\.log cannot be written/g)).toHaveLength(1);
  });

  it("keys that this version does not act on are named in a warning, and all else is done", async () => {
    const file = await configured("server: {listen: 127.0.0.1:9000}");
    const done = await at.workspace.stackhold([
      ...["--config", file, "backup", at.stack.name, "--quiesce", "none", "--json"],
    ]);
    expect(done.code).toBe(0);
    expect(done.stderr).toMatch(/\[WARNING\] stackhold: `server.*`: .*in this version/);
  });
});
