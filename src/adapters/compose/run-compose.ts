import { redactText } from "../../domain/recipe/redact-text.ts";
import { mask } from "../../domain/secret.ts";
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
    /** How long it may take; the time of an answer where absent. */
    readonly limitMs?: number;
  },
) => Promise<string>;

/**
 * A plugin that hangs would keep a unit down, or its locks held, for ever: after so long it is ended and has
 * failed. What only reads takes a fraction of a second.
 */
export const limitsMs = { answer: 60_000, change: 300_000 };

export function dockerRunner(
  runner: Pick<Runner, "run">,
  environment: Readonly<Record<string, string>>,
): RunDocker {
  const marked = { ...environment, ...parentMark() };
  const run = (args: readonly string[], timeoutMs: number, stdin?: string) =>
    runner.run(
      { program: "docker", args },
      {
        environment: marked,
        engine: true,
        stdout: "capture",
        timeoutMs,
        ...(stdin === undefined ? {} : { stdin }),
      },
    );
  return async (args, doing, { stdin, onStderr, limitMs = limitsMs.answer } = {}) => {
    const result = await run(args, limitMs, stdin);
    if (result.verdict !== "failure") {
      onStderr?.(result.stderr);
      return result.stdout.toString("utf8");
    }
    if (!result.timedOut) await requirePlugin(() => run(versionArgs, limitsMs.answer));
    throw failed(result, doing);
  };
}

export const versionArgs = ["compose", "version", "--short"];

/** What `docker compose version` printed. TOOL_MISSING, COMPOSE_FAILED. */
export async function requirePlugin(ask: () => Promise<ProcessResult>): Promise<string> {
  const result = await ask();
  if (result.timedOut) throw failed(result, "asking for the version of Compose");
  if (result.verdict === "failure") throw noPlugin();
  return result.stdout.toString("utf8").trim().replace(/^v/, "");
}

function noPlugin(): StackholdError {
  return new StackholdError("TOOL_MISSING", "docker has no command compose", {
    hint: "install the Compose plugin (docker-compose-plugin), version 2.20 or newer",
  });
}

export function failed(result: ProcessResult, doing: string): StackholdError {
  const lines = usefulLines(withoutValues(result.stderr));
  const end = `docker compose ${describeEnd(result)}`;
  const said = lines.length > 0 && !result.timedOut ? lines.join("; ") : end;
  return new StackholdError("COMPOSE_FAILED", `${doing}: ${said}`, {
    hint: result.timedOut
      ? "try `docker compose version` and `docker compose config` in the stack's directory, then run this again"
      : "`docker compose config` in the stack's directory checks its files",
  });
}

/** Names of the variables that Compose replaced by nothing. */
export function unsetVariables(stderr: string): string[] {
  const names = stderr.matchAll(/The \\?"([^"\\]+)\\?" variable is not set/g);
  return [...new Set([...names].map(([, name = ""]) => name))].sort();
}

/** A line of an environment file that is no assignment, or begins a value that does not end. */
const quotedLine = /(in variable name|unterminated quoted value) "(?:[^"\\]|\\.)*"?/g;
/** The value that Compose cannot fill in follows, whatever lines it has. */
const badValue =
  /(invalid interpolation format for [^:]*?)(: |\.\n?You may need to escape any \$ with another \$\.?\n?)[\s\S]*/;

/** Without what Compose quotes of files: that may be a secret, and where it stands is enough. */
export function withoutValues(text: string): string {
  const escaped = (_: string, what: string) => `${what}, where a $ that is meant is written $$`;
  const quoted = text.replace(quotedLine, (_, what: string) => `${what} ${mask}`);
  return redactText(quoted.replace(badValue, escaped));
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
