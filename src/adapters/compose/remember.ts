import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { z } from "zod";
import { childEnvironment, type Environment } from "../../exec/environment.ts";
import type { AnswerSources } from "../../ports/composer.ts";
import { type Answer, type Ask, calledByDocker, type Question } from "./ask.ts";
import { identify, type Plugin } from "./plugin.ts";
import { type SealedFiles, sealedFiles } from "./sealed-files.ts";

export interface Memory {
  readonly files: SealedFiles;
  /** All variables that Compose gets to see. */
  readonly environment: Readonly<Record<string, string>>;
}

/** `own`: of this process; `extra`: what Compose gets besides what it is let see of that. */
export function composeMemory(
  directory: string,
  own: Environment,
  extra: Readonly<Record<string, string>>,
): Memory {
  const environment = childEnvironment(own, {
    engine: true,
    extra: { ...extra, ...calledByDocker },
  });
  return { files: sealedFiles(directory), environment };
}

/** Another one for every change of what is kept. */
const format = 1;
const answerSchema = z.object({ stdout: z.string(), stderr: z.string() });

/**
 * Gives an answer again that was given to the same question, by the same program, in the same environment, about
 * files of the same content. All this is the key that the answer is sealed with: another question cannot open it,
 * and nobody can who does not have the stack's files, which hold the same secrets.
 */
export function rememberAnswers(
  ask: Ask,
  plugin: () => Promise<Plugin | undefined>,
  memory: Memory,
): Ask {
  const { files, environment } = memory;
  return async (question) => {
    const { sources } = question;
    const program = await plugin();
    if (sources === undefined || program?.isBinary !== true) return ask(question);
    const keyNow = (now: AnswerSources) => keyOf(question, now, program.path, environment);
    const key = await keyNow(sources);
    const name = nameOf(question, environment);
    const kept = key && (await files.read(name, key));
    if (kept !== undefined) return answerSchema.parse(JSON.parse(kept));
    const answer = await ask(question);
    if (answer !== undefined && key !== undefined) {
      // What changed while Compose was reading may have been read before or after.
      const since = await sources.again();
      const after = since && (await keyNow(since));
      if (after?.equals(key)) await files.write(name, key, textOf(answer));
    }
    return answer;
  };
}

const textOf = ({ stdout, stderr }: Answer) => JSON.stringify({ stdout, stderr });
const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data);

/** Undefined where the program or the stack's directory is gone. */
async function keyOf(
  { project, args, stdin }: Question,
  { files }: AnswerSources,
  program: string,
  environment: Memory["environment"],
): Promise<Buffer | undefined> {
  const directory = await realpath(project.workingDir).catch(() => undefined);
  const identity = await identify(program);
  if (directory === undefined || identity === undefined) return undefined;
  const contents = sorted([...files]).map(([path, bytes]) => [
    path,
    bytes === undefined ? null : sha256(bytes).digest("hex"),
  ]);
  const variables = sorted(Object.entries(environment));
  const facts = [format, identity, directory, args, variables, contents, stdin];
  return sha256(JSON.stringify(facts)).digest();
}

function sorted<T>(entries: readonly (readonly [string, T])[]): (readonly [string, T])[] {
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** One file for what was asked by one user; the newest answer is the one that is kept. */
function nameOf({ args }: Question, { PATH, HOME }: Memory["environment"]): string {
  return sha256(JSON.stringify([args, PATH, HOME]))
    .digest("hex")
    .slice(0, 32);
}
