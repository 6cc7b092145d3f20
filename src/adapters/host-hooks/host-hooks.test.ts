import { chmod, chown, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HookCommand } from "../../domain/hooks.ts";
import { createRunner } from "../../exec/runner.ts";
import { createHostHooks } from "./host-hooks.ts";

const environment = { PATH: "/usr/bin:/bin", HOME: "/root", SECRET: "hidden" };
const runner = createRunner({ environment, monotonic: () => 0 });

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "stackhold-host-hooks-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function script(text = "exit 0", name = "hook"): Promise<string> {
  const file = join(root, name);
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
  return file;
}

const hooks = (uid = 0) =>
  createHostHooks({ runner, trust: { uid, path: environment.PATH }, engine: { DOCKER_HOST: "x" } });

async function run(argv: HookCommand, more: { limitSeconds?: number; signal?: AbortSignal } = {}) {
  const lines: string[] = [];
  const order = { environment: { A: "b" }, mark: `mark-${root}`, limitSeconds: 300, ...more };
  const end = await hooks().run(argv, { ...order, onLine: (line) => lines.push(line) });
  return { end, lines };
}

describe("a hook is refused", () => {
  const spoil: [string, RegExp, (file: string) => Promise<unknown>][] = [
    ["that is not there", /no such file/, (file) => rm(file)],
    ["that is not executable", /it is not executable/, (file) => chmod(file, 0o644)],
    ["to which everybody may write", /everybody may write to it/, (file) => chmod(file, 0o757)],
    ["of another user", /the user with the number 4711/, (file) => chown(file, 4711, 0)],
    ["that is a directory", /not a file/, (file) => rm(file).then(() => mkdir(file))],
    [
      "that is a link to what is none",
      /everybody may write to it/,
      async (file) => {
        await rm(file);
        await symlink(await script("exit 0", "real"), file);
        await chmod(join(root, "real"), 0o757);
      },
    ],
    [
      "in a directory open to everybody",
      /everybody may write to \/tmp\/.+/,
      () => chmod(root, 0o757),
    ],
  ];

  it.each(spoil)("%s", async (_, says, act) => {
    const file = await script();
    await expect(hooks().check([file])).resolves.toBeUndefined();
    await act(file);
    const refusal = {
      code: "HOOK_FAILED",
      message: expect.stringMatching(says),
      hint: expect.any(String),
    };
    await expect(hooks().check([file])).rejects.toMatchObject(refusal);
    await expect(run([file])).rejects.toMatchObject(refusal);
  });

  it("by a name that is not on PATH; one that is there is found", async () => {
    await expect(hooks().check(["env"])).resolves.toBeUndefined();
    await expect(hooks().check(["no-such-hook"])).rejects.toMatchObject({ code: "HOOK_FAILED" });
  });

  it("but not of the own user, nor in a directory with the sticky bit", async () => {
    const file = await script();
    await chown(file, 4711, 0);
    await chmod(root, 0o1777);
    await expect(hooks(4711).check([file])).resolves.toBeUndefined();
  });
});

describe("a hook is run", () => {
  it("with its arguments as they are, and an environment of few variables", async () => {
    const file = await script('printf "%s\\n" "$@"; pwd; env');
    const { end, lines } = await run([file, "a b", "$HOME; x"]);
    expect(end).toEqual({ code: 0 });
    expect(lines.slice(0, 3)).toEqual(["a b", "$HOME; x", "/"]);
    const names = lines.slice(3).map((line) => line.split("=")[0]);
    const few = ["A", "DOCKER_HOST", "HOME", "LANG", "LC_ALL", "PATH", "PWD", "STACKHOLD_RUN"];
    expect(names.filter((name) => !["_", "OLDPWD"].includes(name ?? "")).toSorted()).toEqual(few);
  });

  it("and tells its exit code and every line of both outputs", async () => {
    const file = await script("echo out; echo err >&2; printf ünd; exit 7");
    const { end, lines } = await run([file]);
    expect(end).toEqual({ code: 7 });
    expect(lines.toSorted()).toEqual(["err", "out", "ünd"]);
  });

  const deaf = (child: string) =>
    `sh -c 'trap "" TERM; echo $$ > ${child}; while :; do sleep 0.1; done' > /dev/null 2>&1 &
     while [ ! -s ${child} ]; do sleep 0.05; done; echo ready; wait`;
  const isGone = async (child: string) => {
    // On a machine with far too much to do it was ended before it began.
    const pid = Number(await readFile(child, "utf8").catch(() => ""));
    const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "gone) Z");
    return /\) [ZX]/.test(stat);
  };

  it("until its limit, and ended with a child that does not obey", async () => {
    const child = join(root, "child");
    const file = await script(deaf(child));
    expect((await run([file], { limitSeconds: 1 })).end).toEqual({ ended: "limit" });
    expect(await isGone(child)).toBe(true);
  });

  it("until the signal, and ended likewise", async () => {
    const child = join(root, "child");
    const controller = new AbortController();
    const file = await script(deaf(child));
    const lines: string[] = [];
    const end = await hooks().run([file], {
      environment: {},
      mark: "m",
      limitSeconds: 300,
      signal: controller.signal,
      onLine: (line) => {
        lines.push(line);
        controller.abort();
      },
    });
    expect(end).toEqual({ ended: "cancelled" });
    expect(lines).toEqual(["ready"]);
    expect(await isGone(child)).toBe(true);
  });

  it("and what it leaves in the background goes on without being waited for", async () => {
    const child = join(root, "child");
    const file = await script(`sleep 600 & echo $! > ${child}; echo done`);
    expect(await run([file])).toEqual({ end: { code: 0 }, lines: ["done"] });
    expect(await isGone(child)).toBe(false);
    process.kill(Number(await readFile(child, "utf8")), "SIGKILL");
  });

  it("and found by its mark when its run is gone; a service that it started is left alone", async () => {
    const service = join(root, "service");
    const file = await script(
      `setsid sh -c 'sleep 600 & echo $! > ${service}' > /dev/null 2>&1
       while [ ! -s ${service} ]; do sleep 0.05; done; echo ready; sleep 600`,
    );
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const order = { environment: {}, mark: `mark-${root}`, limitSeconds: 300 };
    const running = hooks().run([file], { ...order, onLine: () => resolve() });
    await ready;
    await hooks().endLeftovers(`mark-${root}`);
    expect(await running).toEqual({ failure: "was killed by SIGTERM" });
    expect(await isGone(service)).toBe(false);
    process.kill(Number(await readFile(service, "utf8")), "SIGKILL");
  });
});
