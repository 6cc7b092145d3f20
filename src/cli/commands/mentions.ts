import type { Config } from "../../config/schema/config-schema.ts";
import type { Mention } from "../../operations/backup/select-units.ts";

/** Where the configuration names units, besides those that a run asks for. */
export function mentionsOf(config: Config): Mention[] {
  const all = {
    "backup.skip": config.backup.skip,
    "backup.groups": config.backup.groups.flat(),
    skip_stop: config.skip_stop,
    units: Object.keys(config.units),
  };
  return Object.entries(all).flatMap(([key, units]) => units.map((unit) => ({ key, unit })));
}
