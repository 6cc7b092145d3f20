import { type ErrorCode, isErrorCode, StackholdError } from "../../errors.ts";

/** The repository a failure is told of. */
export interface Whereabouts {
  readonly name: string;
  readonly path: string;
}

export function errnoOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !("code" in thrown)) return undefined;
  return "syscall" in thrown && typeof thrown.code === "string" ? thrown.code : undefined;
}

export function isMissing(thrown: unknown): boolean {
  const code = errnoOf(thrown);
  return code === "ENOENT" || code === "ENOTDIR";
}

export function isFull(thrown: unknown): boolean {
  const code = errnoOf(thrown);
  return code === "ENOSPC" || code === "EDQUOT" || isErrorCode(thrown, "NO_SPACE");
}

/** Failures of the file system become the repository's; everything else passes. */
export async function inRepository<T>(at: Whereabouts, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw asRepositoryError(at, thrown);
  }
}

function asRepositoryError(at: Whereabouts, thrown: unknown): unknown {
  if (isFull(thrown)) {
    return new StackholdError("NO_SPACE", `repository ${at.name}: no space left in ${at.path}`, {
      hint: "free space there or remove old points",
      cause: thrown,
    });
  }
  const code = errnoOf(thrown);
  return code === undefined ? thrown : unusable(at, reasons[code] ?? code, hints[code], thrown);
}

export function unusable(
  at: Whereabouts,
  reason: string,
  hint = "see that the path is there, mounted and writable for this user",
  cause?: unknown,
): StackholdError {
  return repositoryError("REPOSITORY_UNUSABLE", at, reason, hint, cause);
}

export function newerFormat(at: Whereabouts, what: string): StackholdError {
  const reason = `${what} was written by a newer Stackhold`;
  return repositoryError("NEWER_FORMAT", at, reason, "use that version or a later one here");
}

function repositoryError(
  code: ErrorCode,
  at: Whereabouts,
  reason: string,
  hint: string,
  cause?: unknown,
): StackholdError {
  return new StackholdError(code, `repository ${at.name} at ${at.path}: ${reason}`, {
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "it is not there",
  ENOTDIR: "it is not a directory",
  EEXIST: "it is not a directory",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "it is on a read-only file system",
  EIO: "the disk reports an error",
  ESTALE: "the network file system lost it",
  ENOTCONN: "its mount is not connected",
};

const hints: Readonly<Record<string, string>> = {
  ENOENT: "the first backup makes it; if it was there before, mount its disk or correct the path",
  EEXIST: "choose a directory as the repository's path",
  ENOTDIR: "choose a directory as the repository's path",
  EACCES: "run as root or give this user the directory",
  EPERM: "run as root or give this user the directory",
  EROFS: "mount it writable",
};
