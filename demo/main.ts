/** `make demo`: a real stack is backed up while it serves, destroyed and restored; then all of it is compared. */
import { exitMissing, MissingComponent } from "../test/bed/missing.ts";
import { RunError } from "../test/bed/run.ts";
import { awaitInterruption, interruption } from "../test/support/interruption.ts";
import { playDemo } from "./play.ts";
import { paint } from "./terminal.ts";

const exitInterrupted = 130;

awaitInterruption();
try {
  process.exitCode = (await playDemo()) ? 0 : 1;
} catch (error) {
  const reason: unknown = interruption.aborted ? interruption.reason : error;
  process.stderr.write(`\n${paint("red", "The demo ended early:")} ${inOneSentence(reason)}\n`);
  process.exitCode = exitCode(reason);
}

/** A program's own last words say more than its command line. */
function inOneSentence(error: unknown): string {
  if (error instanceof RunError) return error.line;
  return error instanceof Error ? error.message : String(error);
}

function exitCode(error: unknown): number {
  if (interruption.aborted) return exitInterrupted;
  return error instanceof MissingComponent ? exitMissing : 1;
}
