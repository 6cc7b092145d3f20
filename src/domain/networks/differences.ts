import { redactText } from "../recipe/redact-text.ts";
import { isSecretName } from "../recipe/secret-name.ts";
import { mask } from "../secret.ts";
import type { NetworkDefinition, Pool } from "./definition.ts";
import { isFirstAddress, isSameRange } from "./subnet.ts";

/** What Compose notes of itself, and changes with its version. */
const momentary = ["com.docker.compose.version", "com.docker.compose.config-hash"];

type Texts = Readonly<Record<string, string>>;

const told = (what: string, now: string, recorded: string) =>
  `${what} ${now}, in the point ${recorded}`;

/** What a point was stored without is not known to differ. */
const isSameText = (recorded: string | undefined, now: string | undefined) =>
  recorded === now || (recorded?.includes(mask) === true && now !== undefined);

function differingTexts(what: string, recorded: Texts, now: Texts): string[] {
  const keys = [...new Set([...Object.keys(recorded), ...Object.keys(now)])].sort();
  return keys
    .filter((key) => !momentary.includes(key) && !isSameText(recorded[key], now[key]))
    .map((key) => {
      if (isSecretName(key)) return `${what} ${key}`;
      const shown = (texts: Texts) =>
        texts[key] === undefined ? "none" : redactText(`${key}=${texts[key]}`);
      return told(what, shown(now), shown(recorded));
    });
}

/** The engine takes the first address where nobody says another. */
function isSameGateway(recorded: Pool, now: Pool): boolean {
  const [one, other] = [recorded.gateway, now.gateway];
  if (one !== undefined && other !== undefined) return isSameRange(one, other);
  const said = one ?? other;
  if (said === undefined) return true;
  return recorded.ipRange === undefined && isFirstAddress(said, recorded.subnet);
}

const isSameRangeOrNone = (one: string | undefined, other: string | undefined) =>
  one === undefined || other === undefined ? one === other : isSameRange(one, other);

function differingPools(recorded: readonly Pool[], now: readonly Pool[]): string[] {
  const subnets = (pools: readonly Pool[]) =>
    pools
      .map(({ subnet }) => subnet)
      .sort()
      .join(" and ") || "none";
  const pairs = recorded.map((pool) => ({
    pool,
    there: now.find((one) => isSameRange(one.subnet, pool.subnet)),
  }));
  if (recorded.length !== now.length || pairs.some(({ there }) => there === undefined)) {
    return [told("subnet", subnets(now), subnets(recorded))];
  }
  return pairs.flatMap(({ pool, there }) => {
    if (there === undefined) return [];
    return [
      ...(isSameRangeOrNone(pool.ipRange, there.ipRange)
        ? []
        : [told("address range", there.ipRange ?? "none", pool.ipRange ?? "none")]),
      ...(isSameGateway(pool, there)
        ? []
        : [told("gateway", there.gateway ?? "the engine's", pool.gateway ?? "the engine's")]),
      ...differingTexts("reserved address", pool.auxiliary, there.auxiliary),
    ];
  });
}

/**
 * In words, what of a network is not as it was recorded; empty where it is. Values whose names tell
 * of a secret are not shown.
 */
export function networkDifferences(recorded: NetworkDefinition, now: NetworkDefinition): string[] {
  const fields = [
    ["driver", now.driver, recorded.driver],
    ["internal", now.internal, recorded.internal],
    ["attachable", now.attachable, recorded.attachable],
    ["IPv4", now.ipv4, recorded.ipv4],
    ["IPv6", now.ipv6, recorded.ipv6],
    ["address driver", now.ipam.driver, recorded.ipam.driver],
    ["configuration of", now.configFrom ?? "none", recorded.configFrom ?? "none"],
  ] as const;
  const inWords = (value: string | boolean) =>
    typeof value === "string" ? value : value ? "yes" : "no";
  return [
    ...fields.flatMap(([what, here, there]) =>
      here === there ? [] : [told(what, inWords(here), inWords(there))],
    ),
    ...differingPools(recorded.ipam.pools, now.ipam.pools),
    ...differingTexts("address option", recorded.ipam.options ?? {}, now.ipam.options ?? {}),
    ...differingTexts("option", recorded.options, now.options),
    ...differingTexts("label", recorded.labels, now.labels),
  ];
}
