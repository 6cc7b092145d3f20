import { realpathSync } from "node:fs";
import process from "node:process";
import { CommanderError } from "commander";
import { asUsageError, buildProgram } from "../cli/program.ts";
import { printableLines } from "../domain/printable.ts";
import { asStackholdError } from "../errors.ts";
import { createApp } from "./app.ts";
import { endedBy } from "./ended.ts";
import { exitCodeAfter, type StandardOutput } from "./standard-output.ts";

/** Parses and runs a command line; resolves with the exit code. */
export async function runProgram(
  argv: readonly string[],
  version: string,
  stdout: StandardOutput,
): Promise<number> {
  // Nobody is left to be told of it.
  process.stderr.on("error", () => {});
  const program = realpathSync(process.argv[1] ?? "");
  const app = createApp({ version, program, stdout });
  const commands = buildProgram(app, stdout);
  return exitCodeAfter(stdout, await ended());

  async function ended(): Promise<Parameters<typeof exitCodeAfter>[1]> {
    try {
      await commands.parseAsync([...argv], { from: "user" });
      return app.ended();
    } catch (thrown) {
      return { exitCode: tell(thrown), isRun: false };
    }
  }

  function tell(thrown: unknown): number {
    const usage =
      thrown instanceof CommanderError ? asUsageError(thrown, commands, argv) : undefined;
    if (thrown instanceof CommanderError && usage === undefined) return 0;
    const verbose = argv.includes("--verbose");
    const ended = endedBy(usage ?? asStackholdError(thrown), { verbose });
    if (argv.includes("--json")) stdout.write(`${JSON.stringify(ended.document)}\n`);
    process.stderr.write(`${printableLines(ended.text)}\n`);
    return ended.exitCode;
  }
}
