import type { BackupInput } from "./backup-input.ts";
import type { PreparedUnit } from "./prepare-unit.ts";

/** A misspelt label is a warning of its unit: something else is stored than was meant. */
export function withLabelWarnings(
  prepared: PreparedUnit,
  { labelWarnings }: Pick<BackupInput, "labelWarnings">,
): PreparedUnit {
  const { unit, volumes, warnings } = prepared;
  return { ...prepared, warnings: [...labelWarnings(unit.containers, volumes), ...warnings] };
}
