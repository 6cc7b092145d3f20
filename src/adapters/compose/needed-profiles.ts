import { z } from "zod";

const configurationSchema = z.looseObject({
  services: z.record(
    z.string(),
    z.looseObject({
      profiles: z.array(z.string()).nullish(),
      depends_on: z.record(z.string(), z.unknown()).nullish(),
    }),
  ),
});

/**
 * The profiles without which Compose does not know the services, or what they depend on; one of each. With more than these
 * it would make volumes and networks of services that nobody asked for. `configuration`: resolved with all
 * profiles, as JSON.
 */
export function neededProfiles(configuration: string, services: readonly string[]): string[] {
  const all = configurationSchema.parse(JSON.parse(configuration)).services;
  const needed = new Set(services);
  for (const name of needed) {
    for (const dependency of Object.keys(all[name]?.depends_on ?? {})) needed.add(dependency);
  }
  const profiles = [...needed].flatMap((name) => all[name]?.profiles?.[0] ?? []);
  return [...new Set(profiles)].sort();
}
