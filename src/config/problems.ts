import { isErrorCode, StackholdError } from "../errors.ts";

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong, and where: a place in the file, or a variable of the environment. */
export interface Problem {
  /** Dotted; absent when the text cannot be read as YAML at all. */
  readonly path?: string;
  readonly message: string;
  readonly place?: Place;
  readonly variable?: string;
}

function problemText(problem: Problem): string {
  const { place, variable } = problem;
  if (variable !== undefined) return `${variable}: ${problem.message}`;
  if (place === undefined) return problem.message;
  return `${place.file}:${place.line}:${place.column}: ${problem.message}`;
}

const last = Number.MAX_SAFE_INTEGER;

/** One error for all of them, in the order of the file; `problemsOf` gives them back one by one. */
export function invalidConfig(problems: readonly Problem[]): StackholdError {
  const ordered = problems.toSorted(
    (a, b) =>
      (a.place?.line ?? last) - (b.place?.line ?? last) ||
      (a.place?.column ?? last) - (b.place?.column ?? last),
  );
  const texts = ordered.map(problemText);
  const message =
    texts.length === 1
      ? `the configuration is not valid: ${texts[0]}`
      : `the configuration has ${texts.length} problems:\n${texts.map((t) => `  ${t}`).join("\n")}`;
  return new StackholdError("CONFIG_INVALID", message, {
    hint: "docs/config.md lists every key and what it takes",
    cause: ordered,
  });
}

export function problemsOf(error: unknown): readonly Problem[] {
  if (!isErrorCode(error, "CONFIG_INVALID")) return [];
  const { cause } = error as StackholdError;
  return Array.isArray(cause) ? cause : [];
}
