import { StackholdError } from "../errors.ts";

export type Verdict = "success" | "warning" | "failure";

/** What an exit code of a tool means; without one 0 is success and the rest failure. */
export type ExitMeaning = (code: number) => Verdict;

/** One shape for however a process ended. */
export interface ProcessResult {
  /** The program, as it was asked for. */
  readonly program: string;
  /** Null when a signal ended it, or when it did not start. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly verdict: Verdict;
  /** Ended because the caller's signal fired. */
  readonly cancelled: boolean;
  readonly timedOut: boolean;
  /** It never ran, for another reason than being absent; the reason is in `stderr`. */
  readonly spawnFailed: boolean;
  /** Empty unless `stdout: "capture"` was asked for. */
  readonly stdout: Buffer;
  /** The last 64 KiB. */
  readonly stderr: string;
  readonly durationMs: number;
}

export function meaningOf(code: number | null, meaning?: ExitMeaning): Verdict {
  if (code === null) return "failure";
  if (meaning !== undefined) return meaning(code);
  return code === 0 ? "success" : "failure";
}

/** `exit 2`, `killed by SIGKILL`, … */
export function describeEnd(result: ProcessResult): string {
  if (result.spawnFailed) return "did not start";
  if (result.timedOut) return "took too long and was ended";
  if (result.signal !== null) return `was killed by ${result.signal}`;
  return `ended with exit code ${result.code}`;
}

/** The last lines a person needs, in one line. */
export function stderrSummary(result: ProcessResult): string {
  const lines = result.stderr.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-3).join("; ");
}

export function cancelledError(program: string): StackholdError {
  return new StackholdError("CANCELLED", `${program} was cancelled`);
}

/** Throws CANCELLED or TOOL_FAILED unless the process succeeded, warnings included. */
export function requireSuccess(result: ProcessResult): ProcessResult {
  if (result.cancelled) throw cancelledError(result.program);
  if (result.verdict !== "failure") return result;
  const said = stderrSummary(result);
  throw new StackholdError(
    "TOOL_FAILED",
    `${result.program} ${describeEnd(result)}${said === "" ? "" : `: ${said}`}`,
  );
}
