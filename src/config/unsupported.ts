import { type Absence, absences } from "./availability.ts";
import type { LoadedConfig } from "./load.ts";
import type { Key } from "./shape.ts";
import { pathText } from "./walk.ts";

export interface Unsupported {
  /** Dotted. */
  readonly key: string;
  readonly message: string;
}

type Given = Pick<LoadedConfig, "config" | "origins">;

function covers({ key }: Absence, path: readonly Key[]): boolean {
  return key.length <= path.length && key.every((part, i) => part === "*" || part === path[i]);
}

function valueAt(value: unknown, path: readonly Key[]): unknown {
  return path.reduce<unknown>((inside, key) => Object(inside)[key], value);
}

/** Keys that somebody set and that this version does not act on, each once. */
export function unsupportedKeys({ config, origins }: Given): Unsupported[] {
  const found = new Map<string, Unsupported>();
  for (const { path, from } of origins.values()) {
    if (from === "default") continue;
    for (const absence of absences.filter((a) => covers(a, path))) {
      const at = path.slice(0, absence.key.length);
      if (absence.asks?.(valueAt(config, at)) === false) continue;
      found.set(pathText(at), { key: pathText(at), message: absence.message });
    }
  }
  return [...found.values()];
}

export function unsupportedText({ key, message }: Pick<Unsupported, "key" | "message">): string {
  return `\`${key}\`: ${message}`;
}
