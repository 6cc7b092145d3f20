import { type Config, configSchema } from "./schema/config-schema.ts";
import { isRecord, type Key } from "./shape.ts";
import { leavesOf, pathText } from "./walk.ts";

export interface Origin {
  readonly path: readonly Key[];
  readonly from: "default" | "file" | "environment";
  /** The variable, when it is the environment. */
  readonly variable?: string;
}

/** Where each value of the effective configuration comes from, by dotted path. */
export type Origins = ReadonlyMap<string, Origin>;

function stands(raw: unknown, path: readonly Key[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return raw !== undefined;
  return isRecord(raw) && Object.hasOwn(raw, key) && stands(raw[key], rest);
}

/** The keys a value may be given by: itself, the file of a secret, the short form. */
function keysOf(path: readonly Key[]): (readonly Key[])[] {
  const short = pathText(path) === "retention.days" ? [["retention_days"]] : [];
  return [path, [...path.slice(0, -1), `${path.at(-1)}_file`], ...short];
}

export function originsOf(
  config: Config,
  raw: unknown,
  fromEnvironment: ReadonlyMap<string, string>,
): Origins {
  const originOf = (path: readonly Key[]): Origin => {
    const keys = keysOf(path);
    const variable = keys.map((key) => fromEnvironment.get(pathText(key))).find(Boolean);
    if (variable !== undefined) return { path, from: "environment", variable };
    return { path, from: keys.some((key) => stands(raw, key)) ? "file" : "default" };
  };
  const paths = leavesOf(configSchema, config).map((leaf) => leaf.path);
  return new Map(paths.map((path) => [pathText(path), originOf(path)]));
}

/** What somebody set of the key, or below it. */
export function setBelow(origins: Origins, key: readonly Key[]): Origin[] {
  return [...origins.values()].filter(
    ({ path, from }) => from !== "default" && key.every((part, i) => part === path[i]),
  );
}

/** Whether somebody set the key, or one below it. */
export function isSet(origins: Origins, key: readonly Key[]): boolean {
  return setBelow(origins, key).length > 0;
}
