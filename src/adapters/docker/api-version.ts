/** The newest version of the engine's API whose answers are known here. */
const ours = "1.48";

/**
 * The lower of ours and the engine's. An engine whose oldest version is newer than ours is spoken
 * to in that one: fields that are used here have not changed since 1.24.
 */
export function negotiate(theirs: string, oldest?: string): string {
  const common = compareVersions(theirs, ours) < 0 ? theirs : ours;
  return oldest !== undefined && compareVersions(common, oldest) < 0 ? oldest : common;
}

export function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split(".").map(Number);
  const [majorB = 0, minorB = 0] = b.split(".").map(Number);
  return majorA - majorB || minorA - minorB;
}
