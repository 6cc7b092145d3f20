#!/usr/bin/env -S node --max-semi-space-size=4
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { createStandardOutput, exitCodeAfter } from "./composition/standard-output.ts";

declare const __STACKHOLD_VERSION__: string;

/** The version needs nothing of the rest, and scripts ask for it often. */
const argv = process.argv.slice(2);
const stdout = createStandardOutput();
if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  stdout.write(`${__STACKHOLD_VERSION__}\n`);
  process.exitCode = await exitCodeAfter(stdout, { exitCode: 0, isRun: false });
} else {
  // Beside the program, where only those write whom its code is trusted to; elsewhere nothing is kept.
  enableCompileCache(join(import.meta.dirname, "cache"));
  const { runProgram } = await import("./composition/run-program.ts");
  process.exitCode = await runProgram(argv, __STACKHOLD_VERSION__, stdout);
}
