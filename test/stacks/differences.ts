/** `PATH: a ≠ b` for each leaf of two documents that is not the same. */
export function differences(before: unknown, after: unknown, path = ""): string[] {
  if (isBranch(before) && isBranch(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(before[key], after[key], `${path}/${key}`));
  }
  const [one, other] = [before, after].map((side) => JSON.stringify(side) ?? "absent");
  return one === other ? [] : [`${path}: ${one} ≠ ${other}`];
}

const isBranch = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
