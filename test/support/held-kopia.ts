import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { kopiaProgram, pathWithKopia } from "./kopia.ts";
import type { Started } from "./stackhold.ts";

/** Before Kopia does anything, while it works (and saves every second what it has), or when it has done it and its caller does not know yet. */
export type Moment = "before" | "amid" | "after";

/** Kopia on a PATH of its own, which waits at a call until it is let go or killed. */
export interface HeldKopia extends AsyncDisposable {
  readonly path: string;
  /** The next call with these words in its arguments. */
  hold(words: string, moment: Moment): Promise<void>;
  /** The id of the process that is held, once it is. */
  held(run: Started): Promise<number>;
  release(): Promise<void>;
}

export async function heldKopia(): Promise<HeldKopia> {
  const directory = await mkdtemp(join(tmpdir(), "stackhold-held-"));
  const at = (name: string) => join(directory, name);
  const wait = `echo $$ > ${at("pid.new")}; mv ${at("pid.new")} ${at("pid")}; while test -e ${at("pid")}; do sleep 0.05; done`;
  const note = `echo $$ > ${at("pid.new")}; mv ${at("pid.new")} ${at("pid")}`;
  const script = `#!/bin/sh
moment=
if test -e ${at("words")}; then
  case "$*" in *"$(cat ${at("words")})"*) moment=$(cat ${at("moment")}); rm ${at("words")} ;; esac
fi
case "$moment" in
before) ${wait} ;;
amid)
  for arg do
    shift
    case $arg in --checkpoint-interval=*) arg=--checkpoint-interval=1s ;; esac
    set -- "$@" "$arg"
  done
  ${note} ;;
after) ${kopiaProgram} "$@"; code=$?; ${wait}; exit $code ;;
esac
exec ${kopiaProgram} "$@"
`;
  await writeFile(at("kopia"), script);
  await chmod(at("kopia"), 0o755);
  return {
    path: `${directory}:${pathWithKopia()}`,
    hold: async (words, moment) => {
      await rm(at("pid"), { force: true });
      await writeFile(at("moment"), moment);
      await writeFile(at("words"), words);
    },
    held: async (run) => {
      while (!existsSync(at("pid"))) {
        if (run.process.exitCode !== null) {
          const { stdout, stderr } = await run.finished;
          throw new Error(`the run ended without that call: ${stdout}${stderr}`);
        }
        await delay(10);
      }
      return Number(await readFile(at("pid"), "utf8"));
    },
    release: () => rm(at("pid"), { force: true }),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
