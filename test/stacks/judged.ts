import type { Finished } from "../support/stackhold.ts";

/** What it says besides having succeeded, unless that is foreseen. */
export function judged(
  { code, stdout }: Finished,
  what: string,
  foreseen: RegExp | undefined,
): string[] {
  if (code === 0) return [];
  const { error, warnings = [], units = [] }: Result = JSON.parse(stdout);
  const said = [
    ...[error, ...units.map((unit) => unit.error)].flatMap((one) => one?.message ?? []),
    ...[{ warnings }, ...units].flatMap((one) => one.warnings),
    ...units.flatMap(({ coverage }) => coverage.gaps.map(({ what, why }) => `${what}: ${why}`)),
  ];
  const surprises = said.filter((one) => foreseen?.test(one) !== true);
  if (code === 3 && surprises.length === 0) return [];
  return [`${what} exits with ${code}: ${surprises.join("; ")}`];
}

/** Of the documents of a backup and of a restore. */
interface Result {
  readonly error?: { readonly message: string };
  readonly warnings?: readonly string[];
  readonly units?: readonly {
    readonly error?: { readonly message: string };
    readonly warnings: readonly string[];
    readonly coverage: { readonly gaps: readonly { what: string; why: string }[] };
  }[];
}
