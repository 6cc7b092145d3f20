import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createRunner } from "./runner.ts";

const environment = {
  PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  SECRET: "s",
  DOCKER_HOST: "unix:///x",
};
const runner = createRunner({ environment, monotonic: () => performance.now() });
const sh = (script: string) => ({ program: "sh", args: ["-c", script] });

const directories: string[] = [];
function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), "stackhold-exec-"));
  directories.push(directory);
  return directory;
}
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

async function until(condition: () => boolean): Promise<void> {
  const limit = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > limit) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
const isAlive = (pid: number) => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

describe("run", () => {
  it("passes arguments without a shell", async () => {
    const { stdout } = await runner.run(
      { program: "printf", args: ["%s|", "$HOME; `id`", "a b\n"] },
      { stdout: "capture" },
    );
    expect(stdout.toString()).toBe("$HOME; `id`|a b\n|");
  });

  it("shows children nothing but the allow-list and what is added", async () => {
    const { stdout } = await runner.run(
      { program: "env", args: [] },
      { stdout: "capture", environment: { EXTRA: "1" } },
    );
    expect(stdout.toString().trim().split("\n").sort()).toEqual([
      "EXTRA=1",
      "HOME=/root",
      "LANG=C.UTF-8",
      "LC_ALL=C",
      `PATH=${environment.PATH}`,
    ]);
  });

  it("passes the engine's address when asked to", async () => {
    const result = await runner.run(sh('printf %s "$DOCKER_HOST"'), {
      stdout: "capture",
      engine: true,
    });
    expect(result.stdout.toString()).toBe("unix:///x");
  });

  it("tells code, verdict and stderr of a failure without throwing", async () => {
    const result = await runner.run(sh("echo no >&2; exit 3"));
    expect(result).toMatchObject({ code: 3, signal: null, verdict: "failure", stderr: "no\n" });
  });

  it("lets the caller say what an exit code means", async () => {
    const meaning = (code: number) => (code === 1 ? ("warning" as const) : ("failure" as const));
    expect(await runner.run(sh("exit 1"), { meaning })).toMatchObject({ verdict: "warning" });
  });

  it("names a program that is not there, also when it would die with its parent", async () => {
    const command = { program: "no-such-tool", args: [] };
    for (const diesWithParent of [false, true]) {
      await expect(runner.run(command, { diesWithParent })).rejects.toMatchObject({
        code: "TOOL_MISSING",
        message: expect.stringContaining("no-such-tool"),
      });
    }
  });

  it("reports a program that cannot be started, and a missing working directory", async () => {
    const file = join(temporary(), "plain");
    writeFileSync(file, "");
    const refused = await runner.run({ program: file, args: [] }, { stdout: "capture" });
    expect(refused).toMatchObject({ spawnFailed: true, code: null, verdict: "failure" });
    const lost = await runner.run(sh("exit 0"), { cwd: "/no/such/place" });
    expect(lost).toMatchObject({ spawnFailed: true, verdict: "failure" });
  });

  it("keeps only the end of a long stderr and still hands over every line", async () => {
    let lines = 0;
    const result = await runner.run(sh("seq 1 100000 >&2"), { onStderrLine: () => lines++ });
    expect(result.stderr.length).toBeLessThanOrEqual(64 * 1024);
    expect(result.stderr.endsWith("100000\n")).toBe(true);
    expect(lines).toBe(100_000);
  });

  it("ends a program that prints more than may be kept", async () => {
    const run = runner.run({ program: "yes", args: [] }, { stdout: "capture", stdoutLimit: 1000 });
    await expect(run).rejects.toMatchObject({ code: "TOOL_FAILED" });
  });

  it("writes to a file descriptor", async () => {
    const file = join(temporary(), "out");
    const fd = openSync(file, "w");
    await runner.run(sh("cat; echo end"), { stdin: "in ", stdout: fd });
    closeSync(fd);
    expect(readFileSync(file, "utf8")).toBe("in end\n");
  });

  it("streams records of any bytes and makes the writer wait", async () => {
    const seen: string[] = [];
    await runner.run(sh("printf 'a\\nb\\0\\377\\0rest'"), {
      stdout: { separator: "\0", onRecords: (records) => void seen.push(...records) },
    });
    expect(seen).toEqual(["a\nb", "\xff", "rest"]);
  });

  it("ends the program when the consumer of its records fails", async () => {
    const run = runner.run(
      { program: "yes", args: [] },
      {
        stdout: {
          separator: "\n",
          onRecords: () => {
            throw new Error("full");
          },
        },
      },
    );
    await expect(run).rejects.toThrow("full");
  });
});

describe("ending a process", () => {
  it("ends the whole group when the signal fires", async () => {
    const abort = new AbortController();
    const pids: number[] = [];
    const result = await runner.run(sh("sleep 100 & echo $!; echo $$; wait"), {
      signal: abort.signal,
      stdout: {
        separator: "\n",
        onRecords: (records) => {
          pids.push(...records.map(Number));
          if (pids.length === 2) abort.abort();
        },
      },
    });
    expect(result).toMatchObject({ cancelled: true, verdict: "failure" });
    await until(() => pids.every((pid) => !isAlive(pid)));
  });

  it("kills what does not listen to TERM after the grace", async () => {
    const result = await runner.run(sh("trap '' TERM; while :; do sleep 0.02; done"), {
      timeoutMs: 100,
      graceMs: 100,
    });
    expect(result).toMatchObject({ timedOut: true, cancelled: false, signal: "SIGKILL" });
  });

  it("does not start anything once cancelled", async () => {
    const file = join(temporary(), "made");
    const run = runner.run({ program: "touch", args: [file] }, { signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject({ code: "CANCELLED" });
    expect(existsSync(file)).toBe(false);
  });

  it("dies with its parent, however that dies", async () => {
    expect(await runner.canDieWithParent()).toBe(true);
    const directory = temporary();
    const script = join(directory, "parent.ts");
    writeFileSync(
      script,
      `import { createRunner } from ${JSON.stringify(join(import.meta.dirname, "runner.ts"))};
      const runner = createRunner({ environment: ${JSON.stringify(environment)}, monotonic: () => 0 });
      const child = await runner.start({ program: "sleep", args: ["100"] }, { diesWithParent: true });
      console.log(child.pid);
      await child.done;`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    for await (const chunk of parent.stdout) {
      text += chunk;
      if (text.endsWith("\n")) break;
    }
    const pid = Number(text);
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await until(() => !isAlive(pid));
  });
});

describe("a pipeline", () => {
  it("joins programs without a byte read here", async () => {
    const file = join(temporary(), "sum");
    const fd = openSync(file, "w");
    const stages = [
      { program: "head", args: ["-c", "50000000", "/dev/zero"] },
      { program: "cat", args: [] },
      { program: "wc", args: ["-c"] },
    ];
    const results = await runner.pipeline(stages, { stdout: fd });
    closeSync(fd);
    expect(results.map((result) => result.code)).toEqual([0, 0, 0]);
    expect(readFileSync(file, "utf8").trim()).toBe("50000000");
  });

  it("fails when an early stage fails, though the last one succeeds", async () => {
    const results = await runner.pipeline([sh("echo part; exit 2"), { program: "cat", args: [] }], {
      stdout: "capture",
    });
    expect(results.map((result) => result.verdict)).toEqual(["failure", "success"]);
    expect(results[1]?.stdout.toString()).toBe("part\n");
  });

  it("ends the writer when its reader goes away", async () => {
    const results = await runner.pipeline([
      { program: "yes", args: [] },
      { program: "head", args: ["-n", "1"] },
    ]);
    expect(results.map((result) => result.verdict)).toEqual(["failure", "success"]);
  });
});
