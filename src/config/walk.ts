import { chosen, type Facts, factsOf, isRecord, type Key, type Schema } from "./shape.ts";

export interface Leaf {
  readonly path: readonly Key[];
  readonly value: unknown;
  readonly facts: Facts;
}

/** The schema one step below, for the value that stands there. */
function below(facts: Facts, value: unknown, key: Key): Schema | undefined {
  const { shape } = facts;
  switch (shape.kind) {
    case "object":
      return Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
    case "map":
      return shape.value;
    case "list":
      return shape.item;
    case "choice": {
      const option = chosen(shape, value);
      return option === undefined ? undefined : below(factsOf(option), value, key);
    }
    case "scalar":
      return undefined;
  }
}

/** The schema of a value within the whole one; undefined for unknown keys. */
export function schemaAt(schema: Schema, value: unknown, path: readonly Key[]): Schema | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return schema;
  const next = below(factsOf(schema), value, key);
  if (next === undefined) return undefined;
  const inside = isRecord(value) || Array.isArray(value) ? Reflect.get(value, key) : undefined;
  return schemaAt(next, inside, rest);
}

/**
 * Rebuilds a value with every leaf replaced; `undefined` drops a key. Values that do not fit the
 * schema's shape are leaves, unknown keys stay untouched: validation speaks about both.
 */
export function mapLeaves(
  schema: Schema,
  value: unknown,
  replace: (leaf: Leaf) => unknown,
  path: readonly Key[] = [],
): unknown {
  const facts = factsOf(schema);
  const each = (key: Key, item: unknown): unknown => {
    const next = below(facts, value, key);
    return next === undefined ? item : mapLeaves(next, item, replace, [...path, key]);
  };
  if (facts.shape.kind === "list" && Array.isArray(value)) {
    return value.map((item, index) => each(index, item) ?? item);
  }
  if (facts.shape.kind !== "scalar" && facts.shape.kind !== "list" && isRecord(value)) {
    const entries = Object.entries(value).map(([key, item]) => [key, each(key, item)] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
  }
  return replace({ path, value, facts });
}

/** Every scalar, and every list as one, in the order of the value. */
export function leavesOf(schema: Schema, value: unknown, path: readonly Key[] = []): Leaf[] {
  const facts = factsOf(schema);
  if (["list", "scalar"].includes(facts.shape.kind) || !isRecord(value))
    return [{ path, value, facts }];
  return Object.entries(value).flatMap(([key, item]) => {
    const next = below(facts, value, key);
    return next === undefined || item === undefined ? [] : leavesOf(next, item, [...path, key]);
  });
}

export function pathText(path: readonly Key[]): string {
  return path
    .map((key, i) => (typeof key === "number" ? `[${key}]` : `${i > 0 ? "." : ""}${key}`))
    .join("");
}

/** A copy with the value at the path; maps on the way are made where they are missing. */
export function withValue(root: unknown, path: readonly Key[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(root))
    return root.map((item, i) => (i === key ? withValue(item, rest, value) : item));
  const map = isRecord(root) ? root : {};
  return { ...map, [key]: withValue(map[key], rest, value) };
}
