import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createSystemClock } from "../system-clock/system-clock.ts";
import { createGuard } from "./guard.ts";

const here = (path: string) => JSON.stringify(join(import.meta.dirname, path));

/** A run: arms a guard, starts a child that outlives it, and does what it reads. */
const program = `
import { spawn } from "node:child_process";
import { createGuard } from ${here("guard.ts")};
import { createSystemClock } from ${here("../system-clock/system-clock.ts")};
const [options, limit] = process.argv.slice(1);
const onLost = (unit, how) => console.log("lost " + unit + ": " + how);
const guard = createGuard({ ...JSON.parse(options), clock: createSystemClock(), onLost });
const armed = await guard.arm("wp", Number(limit));
const child = spawn("sleep", ["60"], { stdio: "ignore", detached: true });
console.log("armed " + child.pid);
let beating;
process.stdin.on("data", async (data) => {
  const word = String(data).trim();
  if (word === "beat") beating = setInterval(() => armed.beat(), 50);
  if (word === "beat") console.log("beating");
  if (word === "dismiss") await armed.dismiss();
  if (word === "dismiss") { armed.beat(); await armed.dismiss(); console.log("dismissed"); }
  if (word === "exit") process.exit(0);
});
`;

interface Run {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly guard: number;
  /** The next thing it says. */
  line(): Promise<string>;
  ask(word: string): Promise<string>;
}

/** Of each test its own, so that they run side by side. */
interface Scene extends AsyncDisposable {
  readonly directory: string;
  /** Made by the recovery. */
  readonly mark: string;
  readonly log: string;
  start(limit: number, shell?: string[], path?: string): Promise<Run>;
  /** What the recovery was told, undefined when there was none within the time. */
  recovered(withinMs: number): Promise<string[] | undefined>;
}

async function newScene(): Promise<Scene> {
  const directory = await mkdtemp(join(tmpdir(), "stackhold-guard-"));
  const log = join(directory, "guard.log");
  const mark = join(directory, "recovered");
  const runs: ChildProcess[] = [];
  const orphans: number[] = [];
  const script = `printf "%s\\n" "$@" >${mark}.tmp && mv ${mark}.tmp ${mark}`;
  const recoverCommand = ["/bin/sh", "-c", script, "stackhold", "recover", "--guard"];
  return {
    directory,
    mark,
    log,
    async start(limit, shell = ["/bin/sh"], path) {
      const options = JSON.stringify({ recoverCommand, logFile: log, shell });
      const node = [process.execPath, "--input-type=module-typescript", "-e", program];
      const environment = path === undefined ? [] : [`PATH=${path}`];
      const child = spawn("/usr/bin/env", [...environment, ...node, options, String(limit)], {
        stdio: ["pipe", "pipe", "inherit"],
        detached: true,
      });
      runs.push(child);
      const line = async () => String((await once(child.stdout, "data"))[0]).trim();
      orphans.push(Number((await line()).split(" ")[1]));
      const ask = (word: string) => {
        child.stdin.write(`${word}\n`);
        return line();
      };
      const pid = child.pid ?? 0;
      return { pid, child, line, ask, guard: guardOf(pid) };
    },
    async recovered(withinMs) {
      await until(() => existsSync(mark), withinMs);
      return existsSync(mark) ? (await readFile(mark, "utf8")).trim().split("\n") : undefined;
    },
    async [Symbol.asyncDispose]() {
      for (const child of runs) child.kill("SIGKILL");
      for (const pid of orphans) process.kill(pid, "SIGKILL");
      await rm(directory, { recursive: true });
    },
  };
}

function guardOf(run: number): number {
  const list = execFileSync("ps", ["--ppid", String(run), "-o", "pid=,args="], {
    encoding: "utf8",
  });
  const line = list.split("\n").find((text) => text.includes("guard"));
  return Number(line?.trim().split(" ")[0]);
}

async function until(condition: () => boolean, withinMs = 3000): Promise<boolean> {
  const end = Date.now() + withinMs;
  while (!condition() && Date.now() < end) await delay(20);
  return condition();
}

const exists = (pid: number) => existsSync(`/proc/${pid}`);
const command = ["recover", "--guard", "--unit", "wp"];

const shells: [string, string[]][] = [
  ["dash", ["/usr/bin/dash"]],
  ["busybox sh", ["/usr/bin/busybox", "sh"]],
  ["bash", ["/usr/bin/bash", "--posix"]],
];

describe.concurrent.each(shells)("a guard run by %s", (name, shell) => {
  const there = existsSync(shell[0] ?? "");

  /** The tools are the shell's own where it has them. */
  async function path(scene: Scene) {
    if (name !== "busybox sh") return undefined;
    await mkdir(join(scene.directory, "bin"));
    for (const tool of ["dd", "timeout", "sleep", "printf", "mv"]) {
      await symlink("/usr/bin/busybox", join(scene.directory, "bin", tool));
    }
    return join(scene.directory, "bin");
  }

  it.skipIf(!there)(
    "recovers within a second of the run's kill -9, though children live",
    async () => {
      await using scene = await newScene();
      const run = await scene.start(60, shell, await path(scene));
      process.kill(-run.pid, "SIGKILL");
      expect(await scene.recovered(1000)).toEqual(command);
      expect(await readFile(scene.log, "utf8")).toBe("guard of wp: the run is gone\n");
    },
  );

  it.skipIf(!there)("does nothing after a goodbye", async () => {
    await using scene = await newScene();
    const run = await scene.start(60, shell, await path(scene));
    expect(await run.ask("dismiss")).toBe("dismissed");
    expect(exists(run.guard)).toBe(false);
    process.kill(run.pid, "SIGKILL");
    await once(run.child, "exit");
    expect(await scene.recovered(200)).toBeUndefined();
  });

  it.skipIf(!there)(
    "ends a run that hangs beyond the limit, then recovers",
    async () => {
      await using scene = await newScene();
      const run = await scene.start(1, shell, await path(scene));
      expect(await run.ask("beat")).toBe("beating");
      expect(await scene.recovered(1500)).toBeUndefined();
      process.kill(run.pid, "SIGSTOP");
      const ended = once(run.child, "exit");
      expect(await scene.recovered(5000)).toEqual(command);
      expect((await ended)[1]).toBe("SIGKILL");
      expect(await readFile(scene.log, "utf8")).toContain(`ending the run, process ${run.pid}`);
    },
    10_000,
  );
});

describe.concurrent("the guard", () => {
  it.skipIf(!existsSync("/usr/bin/busybox")).each(["beat", "dismiss"])(
    "leaves a healthy run alone when its tools are gone, and still hears of its end: %s",
    async (word) => {
      await using scene = await newScene();
      const bin = join(scene.directory, "bin");
      await mkdir(bin);
      for (const tool of ["dd", "timeout", "sleep", "printf", "mv"]) {
        await symlink("/usr/bin/busybox", join(bin, tool));
      }
      const run = await scene.start(2, ["/bin/sh"], bin);
      expect(await run.ask("beat")).toBe("beating");
      for (const tool of ["dd", "timeout"]) await rm(join(bin, tool));
      const told = () => readFileSync(scene.log, "utf8");
      expect(await until(() => told().includes("only the end of the run"), 20_000)).toBe(true);
      expect([exists(run.pid), exists(run.guard)]).toEqual([true, true]);
      if (word === "dismiss") expect(await run.ask(word)).toBe("dismissed");
      process.kill(-run.pid, "SIGKILL");
      const recovered = await scene.recovered(word === "beat" ? 3000 : 200);
      expect(recovered).toEqual(word === "beat" ? command : undefined);
      expect(told()).not.toContain("no sign of work");
    },
    30_000,
  );

  it("tries again when the recovery cannot be started for the moment", async () => {
    await using scene = await newScene();
    const program = join(scene.directory, "program");
    const script = join(import.meta.dirname, "guard.sh");
    const args = [script, "wp", "9", "", "", program, "recover"];
    const guard = spawn("/bin/sh", args, { stdio: ["pipe", "ignore", "pipe"] });
    const ended = once(guard, "exit");
    guard.stdin?.end();
    let said = "";
    guard.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    expect(await until(() => said.includes("cannot be started now"), 10_000)).toBe(true);
    await writeFile(program, `#!/bin/sh\necho "$@" >${scene.mark}\n`, { mode: 0o755 });
    expect(await scene.recovered(20_000)).toEqual(["recover"]);
    expect((await ended)[0]).toBe(0);
  }, 40_000);

  it("acts when the run exits by itself without a goodbye", async () => {
    await using scene = await newScene();
    const run = await scene.start(60);
    run.child.stdin?.write("exit\n");
    expect(await scene.recovered(1000)).toEqual(command);
  });

  it("is deaf to the signals of terminals and services", async () => {
    await using scene = await newScene();
    const run = await scene.start(60);
    for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.kill(-run.guard, signal);
    process.kill(-run.pid, "SIGKILL");
    expect(await scene.recovered(1000)).toEqual(command);
  });

  it("tells the run when it is killed", async () => {
    await using scene = await newScene();
    const run = await scene.start(60);
    const told = run.line();
    process.kill(-run.guard, "SIGKILL");
    expect(await told).toBe("lost wp: it was ended by SIGKILL");
    expect(await run.ask("beat")).toBe("beating");
    expect(await run.ask("dismiss")).toBe("dismissed");
  });

  it("leaves another process alone that got the run's number", async () => {
    await using scene = await newScene();
    const bystander = spawn("sleep", ["60"]);
    const script = join(import.meta.dirname, "guard.sh");
    const args = [
      script,
      "wp",
      "1",
      String(bystander.pid),
      "12345",
      "/bin/sh",
      "-c",
      `touch ${scene.mark}`,
    ];
    const guard = spawn("/bin/sh", args, { stdio: ["pipe", "ignore", "ignore"] });
    await once(guard, "exit");
    expect(existsSync(scene.mark)).toBe(true);
    expect(bystander.kill("SIGKILL")).toBe(true);
  });

  it("is small", async () => {
    await using scene = await newScene();
    const run = await scene.start(60);
    const group = () => execFileSync("ps", ["-o", "rss=", "-g", String(run.guard)]).toString();
    expect(await until(() => group().trim().split("\n").length === 3)).toBe(true);
    const kilobytes = group().trim().split("\n").map(Number);
    expect(kilobytes.reduce((sum, one) => sum + one)).toBeLessThan(10_000);
  });

  it.each([
    ["the script is missing", { script: "/nowhere/guard.sh" }],
    ["the shell is missing", { shell: ["/nowhere/sh"] as [string] }],
  ])("is not armed when %s, and says so before anything is stopped", async (_, broken) => {
    await using scene = await newScene();
    const guard = createGuard({
      recoverCommand: ["/usr/bin/touch", scene.mark],
      clock: createSystemClock(),
      onLost: () => expect.fail("it was never there"),
      ...broken,
    });
    await expect(guard.arm("wp", 60)).rejects.toMatchObject({
      code: "TOOL_FAILED",
      message: expect.stringMatching(/^the guard of wp did not start: (it exited|spawn)/),
      hint: expect.stringContaining("nothing was stopped"),
    });
    expect(existsSync(scene.mark)).toBe(false);
  });
});

it("tells a run that has nothing else to wait for that the guard did not start", () => {
  const silent = ["/bin/sh", "-c", "exec >&-; sleep 60"];
  const script = `
    import { createGuard } from ${here("guard.ts")};
    import { createSystemClock } from ${here("../system-clock/system-clock.ts")};
    const clock = createSystemClock();
    const options = { recoverCommand: ["true"], clock, onLost() {}, shell: ${JSON.stringify(silent)} };
    console.log(await createGuard(options).arm("wp", 10).catch(({ code }) => code));`;
  const run = [process.execPath, "--input-type=module", "-e", script] as const;
  expect(execFileSync(run[0], run.slice(1), { encoding: "utf8" })).toBe("TOOL_FAILED\n");
});
