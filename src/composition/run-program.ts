import { realpathSync } from "node:fs";
import process from "node:process";
import { CommanderError } from "commander";
import { asUsageError, buildProgram } from "../cli/program.ts";
import { asStackholdError } from "../errors.ts";
import { createApp } from "./app.ts";
import { endedBy } from "./ended.ts";

/** Parses and runs a command line; resolves with the exit code. */
export async function runProgram(argv: readonly string[], version: string): Promise<number> {
  const app = createApp({ version, program: realpathSync(process.argv[1] ?? "") });
  try {
    await buildProgram(app).parseAsync([...argv], { from: "user" });
    return app.exitCode();
  } catch (thrown) {
    const usage = thrown instanceof CommanderError ? asUsageError(thrown) : undefined;
    if (thrown instanceof CommanderError && usage === undefined) return 0;
    const verbose = argv.includes("--verbose");
    const ended = endedBy(usage ?? asStackholdError(thrown), { verbose });
    if (argv.includes("--json")) process.stdout.write(`${JSON.stringify(ended.document)}\n`);
    process.stderr.write(`${ended.text}\n`);
    return ended.exitCode;
  }
}
