import { type ComposeText, parseComposeFile } from "../../domain/discovery/compose-file.ts";
import { parseDotEnv } from "../../domain/discovery/dot-env.ts";
import { resolvePath } from "../../domain/discovery/host-path.ts";
import { reasonOf } from "../../errors.ts";
import type { StackFiles } from "../../ports/stack-files.ts";

/** Those that can be read and understood, in order; the others are warnings. */
export async function readComposeFiles(
  paths: readonly string[],
  stackFiles: StackFiles,
  warn: (message: string) => void,
): Promise<ComposeText[]> {
  const files: ComposeText[] = [];
  for (const path of paths) {
    try {
      const text = await stackFiles.read(path);
      if (text === undefined) warn(`${path} is named as a compose file and does not exist`);
      else files.push(parseComposeFile(text));
    } catch (thrown) {
      warn(`${path}: ${reasonOf(thrown)}`);
    }
  }
  return files;
}

/** Of the environment files where some are named, else of `.env`, as Compose does. */
export async function readVariables(
  environmentFiles: readonly string[],
  workingDir: string | undefined,
  stackFiles: StackFiles,
  warn: (message: string) => void,
): Promise<Record<string, string>> {
  const usual = workingDir === undefined ? [] : [resolvePath(workingDir, ".env")];
  const variables: Record<string, string> = {};
  for (const path of environmentFiles.length > 0 ? environmentFiles : usual) {
    try {
      Object.assign(variables, parseDotEnv((await stackFiles.read(path)) ?? "", variables));
    } catch (thrown) {
      warn(`${path}: ${reasonOf(thrown)}`);
    }
  }
  return variables;
}
