import type { RetentionRule } from "../domain/retention/rules.ts";
import type { LoadedConfig } from "./load.ts";
import { effectivePolicy } from "./policy.ts";
import type { Config } from "./schema/config-schema.ts";

/** What this machine's clocks show; UTC where it has no zone, or one without a name. */
function machineZone(): string {
  const zone: string | undefined = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone === undefined || zone === "Etc/Unknown" ? "UTC" : zone;
}

/** Of the first schedule that backs the unit up: one that names it goes before one for all. */
function timeZoneOf({ schedules }: Config, unit: string): string {
  const all = Object.values(schedules);
  const naming = all.find(({ units }) => units.includes(unit));
  const schedule = naming ?? all.find(({ units }) => units.length === 0);
  return schedule?.timezone ?? machineZone();
}

/**
 * Which of a unit's points are kept in a repository: the repository's own block, else the unit's,
 * else the global one, each whole.
 */
export function retentionRule(
  given: Pick<LoadedConfig, "config" | "origins">,
  unit: string,
  repository: string,
): RetentionRule {
  const { config } = given;
  const own = config.repositories[repository]?.retention;
  return {
    retention: own ?? effectivePolicy(given, unit).value.retention,
    timeZone: timeZoneOf(config, unit),
  };
}
