import { ofEveryEngine } from "../networks/of-every-engine.ts";
import type { Json } from "../recipe/redact.ts";

type Fields = { readonly [key: string]: Json };

/** What somebody asked for; all else the engine gives. */
const settings = ["IPAMConfig", "Links", "Aliases", "DriverOpts", "GwPriority"];

/** How a container was joined to a network, without what the engine added by itself: its id and its host name. */
export function endpointSettings(endpoint: Fields, shortId: string, hostname: Json): Fields {
  const kept = settings.flatMap((name) => {
    const value = endpoint[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const { Aliases } = endpoint;
  if (!Array.isArray(Aliases)) return Object.fromEntries(kept);
  const given: readonly Json[] = Aliases.includes(shortId) ? [shortId, hostname] : [];
  const own = Aliases.filter((alias: Json) => !given.includes(alias));
  return { ...Object.fromEntries(kept), Aliases: own.length === 0 ? null : own };
}

/** Networks of every engine, which nobody makes. */
export const engineNetworks: readonly string[] = ["default", ...ofEveryEngine];

export function isUserNetwork(mode: string): boolean {
  return !engineNetworks.includes(mode) && !mode.startsWith("container:");
}
