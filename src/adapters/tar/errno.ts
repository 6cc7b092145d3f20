import { StackholdError } from "../../errors.ts";

export function errnoOf(failure: unknown): string | undefined {
  if (!(failure instanceof Error) || !("code" in failure)) return undefined;
  return typeof failure.code === "string" ? failure.code : undefined;
}

export function isAbsent(failure: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(errnoOf(failure) ?? "");
}

/** A failed system call as the port's error: NO_SPACE, TOOL_FAILED or CANCELLED. */
export function systemError(failure: unknown, what: string): StackholdError {
  if (failure instanceof StackholdError) return failure;
  const errno = errnoOf(failure) ?? String(failure);
  if (errno === "ENOSPC" || errno === "EDQUOT") return noSpace(what, failure);
  if (errno === "EROFS") return readOnly(what, failure);
  if (errno === "ABORT_ERR") return new StackholdError("CANCELLED", `${what}: cancelled`);
  return new StackholdError("TOOL_FAILED", `${what}: ${errno}`, { cause: failure });
}

export function noSpace(what: string, cause?: unknown): StackholdError {
  return new StackholdError("NO_SPACE", `${what}: no space left`, {
    hint: "free some space on that file system, or use another one",
    cause,
  });
}

function readOnly(what: string, cause: unknown): StackholdError {
  return new StackholdError("TOOL_FAILED", `${what}: it is on a read-only file system`, {
    hint: "make that file system writable (`findmnt -T PATH` names it, `dmesg` says whether its disk failed), or use another place",
    cause,
  });
}
