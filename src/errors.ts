/** Who can mend it: the caller, the machine's administrator, time, nobody (partly done), or we. */
export type ErrorClass = "user" | "environment" | "transient" | "partial" | "bug";

interface ErrorKind {
  readonly class: ErrorClass;
  readonly exit: number;
  readonly http: number;
}

const kind = (cls: ErrorClass, exit: number, http: number): ErrorKind => ({
  class: cls,
  exit,
  http,
});

/** The one table from a stable code to exit code (docs/exit-codes.md) and HTTP status. */
export const errorTable = {
  USAGE: kind("user", 2, 400),
  NOT_AVAILABLE: kind("user", 2, 501),
  CONFIG_INVALID: kind("user", 2, 400),
  CONFIG_UNREADABLE: kind("environment", 2, 500),
  UNKNOWN_UNIT: kind("user", 2, 404),
  UNKNOWN_POINT: kind("user", 2, 404),
  UNKNOWN_REPOSITORY: kind("user", 2, 404),
  UNKNOWN_PART: kind("user", 2, 404),
  UNKNOWN_PATH: kind("user", 2, 404),
  CONFIRMATION_REQUIRED: kind("user", 2, 400),
  POINT_PINNED: kind("user", 2, 409),
  BACKUP_FAILED: kind("environment", 1, 500),
  HOOK_FAILED: kind("environment", 1, 500),
  RESTORE_FAILED: kind("environment", 1, 500),
  VERIFY_FAILED: kind("environment", 1, 500),
  COPY_FAILED: kind("environment", 1, 500),
  POINT_DAMAGED: kind("environment", 1, 500),
  ENGINE_UNREACHABLE: kind("environment", 1, 503),
  ENGINE_FORBIDDEN: kind("environment", 1, 503),
  ENGINE_ERROR: kind("environment", 1, 502),
  COMPOSE_FAILED: kind("environment", 1, 502),
  CONTAINER_MISSING: kind("environment", 1, 404),
  IMAGE_MISSING: kind("environment", 1, 409),
  SOURCE_UNREADABLE: kind("environment", 1, 500),
  TOOL_FAILED: kind("environment", 1, 500),
  NO_SPACE: kind("environment", 1, 507),
  OUTPUT_UNWRITABLE: kind("environment", 1, 500),
  LEFT_DOWN: kind("environment", 4, 500),
  REPOSITORY_UNUSABLE: kind("environment", 10, 503),
  LOCKED: kind("transient", 11, 409),
  WRONG_CREDENTIALS: kind("user", 12, 401),
  NEWER_FORMAT: kind("user", 13, 409),
  TOOL_MISSING: kind("environment", 20, 500),
  CANCELLED: kind("user", 130, 409),
  INTERNAL: kind("bug", 1, 500),
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorTable;

/** What helps where nobody who throws knows better. */
const usualHints: Partial<Record<ErrorCode, string>> = {
  SOURCE_UNREADABLE: "see that it is there and can be read, then run again",
  TOOL_FAILED: "--verbose prints the cause; `stackhold version` shows the tools that are used",
  ENGINE_ERROR: "the engine's own log may say more: journalctl -u docker",
  POINT_DAMAGED: "use another point or another repository, and look at the disk",
  RESTORE_FAILED: "--verbose prints the cause",
  NOT_AVAILABLE: "stackhold --help lists what is",
};

/** What is said of failures whatever they are about. */
export const usualPhrases: readonly string[] = Object.values(usualHints);

export interface ErrorDetails {
  /** What a person can do about it, one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** Every failure that a caller may tell apart. Compare `code`, never the message. */
export class StackholdError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "StackholdError";
    this.code = code;
    this.hint = details.hint ?? usualHints[code];
  }

  get class(): ErrorClass {
    return errorTable[this.code].class;
  }

  get exitCode(): number {
    return errorTable[this.code].exit;
  }

  get httpStatus(): number {
    return errorTable[this.code].http;
  }

  /** The shape that `--json` and the API answer with. */
  toDocument(): ErrorDocument {
    return {
      error: {
        code: this.code,
        class: this.class,
        message: this.message,
        ...(this.hint === undefined ? {} : { hint: this.hint }),
      },
    };
  }
}

export interface ErrorDocument {
  readonly error: {
    readonly code: ErrorCode;
    readonly class: ErrorClass;
    readonly message: string;
    readonly hint?: string;
  };
}

/** Anything thrown, as a StackholdError: ours as it is, everything else as INTERNAL. */
export function asStackholdError(thrown: unknown): StackholdError {
  if (thrown instanceof StackholdError) return thrown;
  return new StackholdError("INTERNAL", messageOf(thrown), {
    cause: thrown,
    hint: "this is a fault in Stackhold: run again with --verbose and report what it prints",
  });
}

/** Why something failed, in words: without the code and the call that node puts around its own. */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (!("syscall" in thrown)) return thrown.message;
  if ("code" in thrown && thrown.code === "EISDIR") return "it is a directory";
  return thrown.message.replace(/^E[A-Z0-9]+: /, "").replace(/, \w+( '.*)?$/s, "");
}

export function isErrorCode(thrown: unknown, code: ErrorCode): boolean {
  return thrown instanceof StackholdError && thrown.code === code;
}

/** The words of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
