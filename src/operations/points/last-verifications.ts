import type { KeepablePoint } from "../../domain/retention/decide.ts";
import type { Verification } from "../../ports/history.ts";

type Checked = Pick<Verification, "repository" | "host" | "unit" | "backupId">;

export function pointKey({ repository, host, unit, backupId }: Checked): string {
  return JSON.stringify([repository, host, unit, backupId]);
}

/** How each point was found when it was last checked, by `pointKey`. */
export function lastVerifications(all: readonly Verification[]): ReadonlyMap<string, Verification> {
  const last = new Map<string, Verification>();
  for (const verification of all) {
    const key = pointKey(verification);
    const known = last.get(key);
    if (known === undefined || known.at < verification.at) last.set(key, verification);
  }
  return last;
}

/** What the last check of a point said, as retention takes it. */
export function lastCheck(
  last: ReadonlyMap<string, Verification>,
  point: Checked,
): KeepablePoint["checked"] {
  const ok = last.get(pointKey(point))?.ok;
  return ok === undefined ? undefined : ok ? "good" : "bad";
}
