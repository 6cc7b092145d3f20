import { type ErrorCode, isErrorCode } from "../../errors.ts";
import type { RunOptions } from "../../exec/command.ts";
import type { Runner } from "../../exec/runner.ts";
import type { AnswerSources, ComposeProject } from "../../ports/composer.ts";
import { noEngine, type Plugin } from "./plugin.ts";
import { failed, limitsMs } from "./run-compose.ts";

/** Something that Compose only reads to answer. */
export interface Question {
  readonly project: ComposeProject;
  /** As for the docker program: `compose …`. */
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly sources?: AnswerSources | undefined;
}

export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
}

/** Undefined: it cannot be asked in this way, or did not succeed. COMPOSE_FAILED where it hangs. */
export type Ask = (question: Question) => Promise<Answer | undefined>;

/** What docker sets for its plugins; without it a plugin takes itself for a program of its own. */
export const calledByDocker = { DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: "docker" };

const engineVariables = ["DOCKER_HOST", "DOCKER_CONTEXT"];

/** Files may show the engine's address to their containers. */
function wantsEngine({ sources, stdin = "" }: Question): boolean {
  if (sources === undefined) return true;
  const texts = [stdin, ...[...sources.files.values()].map((bytes) => Buffer.from(bytes ?? []))];
  return engineVariables.some((name) => texts.some((text) => text.includes(name)));
}

/**
 * Compose without the docker program, which starts it twice for every call, and without the engine where that
 * cannot show: a fourth of the time. In the stack's directory, which it takes for PWD.
 */
export function askPlugin(
  runner: Pick<Runner, "run">,
  environment: Readonly<Record<string, string>>,
  plugin: () => Promise<Plugin | undefined>,
): Ask {
  return async (question) => {
    const { project, args, stdin } = question;
    const found = await plugin();
    if (found === undefined) return undefined;
    const options: RunOptions = {
      ...{ cwd: project.workingDir, engine: true, stdout: "capture", diesWithParent: true },
      environment: {
        ...environment,
        ...(wantsEngine(question) ? {} : noEngine),
        ...calledByDocker,
      },
      timeoutMs: limitsMs.answer,
      ...(stdin === undefined ? {} : { stdin }),
    };
    const result = await runner.run({ program: found.path, args }, options).catch(unlessMissing);
    if (result?.timedOut === true) throw failed(result, `asking Compose of ${project.project}`);
    if (result === undefined || result.verdict === "failure") return undefined;
    return { stdout: result.stdout.toString("utf8"), stderr: result.stderr };
  };
}

const missing: ErrorCode = "TOOL_MISSING";

function unlessMissing(error: unknown): undefined {
  if (!isErrorCode(error, missing)) throw error;
}
