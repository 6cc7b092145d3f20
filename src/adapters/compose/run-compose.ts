import { StackholdError } from "../../errors.ts";
import { parentMark } from "../../exec/orphans.ts";
import { describeEnd, type ProcessResult } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";

/**
 * Calls the docker program with arguments; answers with what it printed. What a killed run leaves
 * at work carries its mark, because the plugin outlives the docker program.
 */
export type RunDocker = (
  args: readonly string[],
  doing: string,
  options?: {
    readonly stdin?: string;
    /** Gets what it said besides, when it succeeds. */
    readonly onStderr?: (text: string) => void;
  },
) => Promise<string>;

export function dockerRunner(
  runner: Pick<Runner, "run">,
  environment: Readonly<Record<string, string>>,
): RunDocker {
  const marked = { ...environment, ...parentMark() };
  const run = (args: readonly string[], stdin?: string) =>
    runner.run(
      { program: "docker", args },
      {
        environment: marked,
        engine: true,
        stdout: "capture",
        ...(stdin === undefined ? {} : { stdin }),
      },
    );
  return async (args, doing, { stdin, onStderr } = {}) => {
    const result = await run(args, stdin);
    if (result.verdict !== "failure") {
      onStderr?.(result.stderr);
      return result.stdout.toString("utf8");
    }
    if ((await run(["compose", "version", "--short"])).verdict === "failure") throw noPlugin();
    throw failed(result, doing);
  };
}

export function noPlugin(): StackholdError {
  return new StackholdError("TOOL_MISSING", "docker has no command compose", {
    hint: "install the Compose plugin (docker-compose-plugin), version 2.20 or newer",
  });
}

function failed(result: ProcessResult, doing: string): StackholdError {
  const lines = usefulLines(result.stderr);
  const said = lines.length > 0 ? lines.join("; ") : `docker compose ${describeEnd(result)}`;
  return new StackholdError("COMPOSE_FAILED", `${doing}: ${said}`, {
    hint: "`docker compose config` in the stack's directory checks its files",
  });
}

/** Names of the variables that Compose replaced by nothing. */
export function unsetVariables(stderr: string): string[] {
  const names = stderr.matchAll(/The \\?"([^"\\]+)\\?" variable is not set/g);
  return [...new Set([...names].map(([, name = ""]) => name))].sort();
}

const progress = /^(\w+ )?\S+ +([A-Z]\w*(ing|ed)|Healthy)$/;
const warning = /^time="[^"]*" level=(warning|info|debug)/;

/** Without the progress of what went well and without warnings; the last ones. */
export function usefulLines(stderr: string): string[] {
  const lines = stderr.split("\n").map((line) => line.trim());
  return lines
    .filter((line) => line !== "" && !progress.test(line) && !warning.test(line))
    .slice(-5);
}
