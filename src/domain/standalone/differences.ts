import { compareText } from "../compare-text.ts";
import type { Json } from "../recipe/redact.ts";
import type { ContainerCreation, Fields } from "./creation.ts";

/** Each engine has lists of its own of what it hides. */
const ofTheEngine = ["MaskedPaths", "ReadonlyPaths", "ContainerIDFile"];

/** What engines leave out and others write as nothing. */
function isNothing(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) {
    return true;
  }
  return typeof value === "object" && Object.values(value).every(isNothing);
}

/** The same text for the same content, whatever the order of its keys. */
function textOf(value: Json | undefined): string {
  if (value === undefined || isNothing(value)) return "null";
  if (Array.isArray(value)) return `[${value.map(textOf).join(",")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value as Fields)
    .filter(([, item]) => !isNothing(item))
    .toSorted(([a], [b]) => compareText(a, b));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${textOf(item)}`).join(",")}}`;
}

function differing(before: Fields, now: Fields): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return names
    .filter((name) => !ofTheEngine.includes(name) && textOf(before[name]) !== textOf(now[name]))
    .toSorted(compareText);
}

/** A network counts although nothing may be said of how it is joined. */
function joined(networks: ContainerCreation["networks"]): Fields {
  return Object.fromEntries(
    Object.entries(networks).map(([name, settings]) => [name, { ...settings, joined: true }]),
  );
}

/** Names of the fields in which a container is not what it was, in the engine's words. */
export function differences(before: ContainerCreation, now: ContainerCreation): string[] {
  const networks = differing(joined(before.networks), joined(now.networks));
  return [
    ...differing(before.config, now.config),
    ...differing(before.hostConfig, now.hostConfig),
    ...networks.map((name) => `network ${name}`),
  ];
}
