import type { RecoverResult } from "../../domain/results.ts";

export function recoverText(result: RecoverResult): string {
  if (result.units.length === 0) return "Nothing had to be put right.";
  return result.units
    .flatMap((unit) => [
      `${unit.unit}: ${unit.rolledBack ? "the old data is back, " : ""}started ${unit.started.join(", ") || "nothing"}`,
      ...unit.removed.map((name) => `  warning: ${name} was removed by somebody: not started`),
      ...unit.warnings.map((warning) => `  warning: ${warning}`),
      ...unit.failed.map((name) => `  DOES NOT START: ${name}`),
    ])
    .join("\n");
}
