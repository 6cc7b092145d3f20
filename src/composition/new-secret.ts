import { resolve } from "node:path";
import type { NewSecret } from "../cli/app.ts";
import type { Prompts } from "../cli/prompts.ts";
import type { Environment } from "../config/environment.ts";
import { diskFiles } from "../config/files.ts";
import { secretText } from "../config/prepare.ts";
import { type RegisterSecret, type Secret, secretOf } from "../domain/secret.ts";
import { reasonOf, StackholdError } from "../errors.ts";

export interface NewSecretDeps {
  readonly env: Environment;
  readonly isTerminal: boolean;
  readonly prompts: Pick<Prompts, "secret">;
  readonly registerSecret: RegisterSecret;
}

/** From the file that is named, from the environment, else from who sits at the terminal. USAGE. */
export async function newSecret(asked: NewSecret, deps: NewSecretDeps): Promise<Secret> {
  const text = await read(asked, deps);
  deps.registerSecret(text);
  return secretOf(text);
}

async function read({ flag, file, variable, what }: NewSecret, deps: NewSecretDeps) {
  const { env } = deps;
  const fromFile = env[`${variable}_FILE`];
  const inline = env[variable];
  if (file !== undefined) return fileText(file, flag);
  if (inline) return inline;
  if (fromFile) return fileText(fromFile, `${variable}_FILE`);
  if (!deps.isTerminal) {
    throw new StackholdError("USAGE", `${what} is not given`, {
      hint: `use ${flag} FILE, ${variable}_FILE or ${variable}, or a terminal`,
    });
  }
  return askTwice(what, deps.prompts);
}

async function fileText(file: string, from: string): Promise<string> {
  try {
    return await secretText(diskFiles, resolve(file));
  } catch (cause) {
    throw new StackholdError("USAGE", `${from}: ${reasonOf(cause)}`, {
      hint: "name a file that holds the password and nothing else",
    });
  }
}

async function askTwice(what: string, prompts: Pick<Prompts, "secret">): Promise<string> {
  const first = await prompts.secret(`${what}:`);
  const second = await prompts.secret(`${what} once more:`);
  if (first === second) return first;
  throw new StackholdError("USAGE", "the two passwords differ", { hint: "run it again" });
}
