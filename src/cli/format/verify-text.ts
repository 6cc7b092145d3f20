import type { VerifyResult } from "../../domain/point-results.ts";
import { aboutRepository } from "../../domain/repository-text.ts";
import { counted } from "../../domain/text.ts";

export function verifyText(result: VerifyResult): string {
  return [
    ...result.problems.map(
      ({ unit, backupId, repository, part, problem }) =>
        `${unit} ${backupId} in ${repository}, ${part}: ${problem}`,
    ),
    ...result.unreachable.map(({ name, error }) => aboutRepository(name, error.message)),
    `${counted(result.checked, "point")} checked, ${result.problems.length === 0 ? "no problems" : counted(result.problems.length, "problem")}`,
  ].join("\n");
}
