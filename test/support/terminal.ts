import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { bundle } from "./stackhold.ts";
import type { Workspace } from "./workspace.ts";

/** Stackhold at a terminal of its own. */
export interface AtTerminal extends AsyncDisposable {
  /** Resolves when the text is shown. */
  seen(text: string): Promise<void>;
  type(keys: string): void;
  signal(name: NodeJS.Signals): Promise<void>;
  /** The terminal is gone: nobody reads or types any more. */
  hangUp(): void;
  /** Exit code, and what the terminal showed, without colours. */
  readonly ended: Promise<{ readonly code: number; readonly text: string }>;
}

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

/** Runs the built program under script(1), which makes the terminal. */
export async function atTerminal(
  workspace: Pick<Workspace, "configFile">,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<AtTerminal> {
  const directory = await mkdtemp(join(tmpdir(), "stackhold-terminal-"));
  const [pidFile, codeFile] = [join(directory, "pid"), join(directory, "code")];
  const program = [process.execPath, bundle, "--config", workspace.configFile, ...args];
  const inner = `echo $$ > ${pidFile}; exec ${program.map(quoted).join(" ")}`;
  // The shell outlives the terminal to say how the program ended.
  const outer = `trap "" HUP; stty cols 80; sh -c ${quoted(inner)}; echo $? > ${codeFile}; mv ${codeFile} ${codeFile}.whole`;
  const script = spawn("script", ["-qec", outer, "/dev/null"], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TERM: "xterm",
      SHELL: "/bin/sh",
      ...env,
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  script.stdin.on("error", () => {});
  let text = "";
  const listeners = new Set<() => void>();
  script.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    for (const listener of listeners) listener();
  });
  const closed = once(script, "close");
  const shown = () => stripVTControlCharacters(text).replaceAll("\r", "");
  return {
    seen: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!shown().includes(wanted)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        void closed.then(() => reject(new Error(`it ended without ${wanted}: ${shown()}`)));
      }),
    type: (keys) => void script.stdin.write(keys),
    signal: async (name) => {
      process.kill(Number(await readFile(pidFile, "utf8")), name);
    },
    hangUp: () => void script.kill("SIGKILL"),
    ended: closed.then(async () => {
      const code = Number(await whole(`${codeFile}.whole`));
      return { code, text: shown() };
    }),
    [Symbol.asyncDispose]: async () => {
      script.kill("SIGKILL");
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Where the terminal ended first, the program's end is still to come. */
async function whole(file: string): Promise<string> {
  for (;;) {
    try {
      return await readFile(file, "utf8");
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
