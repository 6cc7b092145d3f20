import { didYouMean } from "../domain/suggest.ts";
import { choicesOf, factsOf, isRecord, type Key, type Schema } from "./shape.ts";
import { pathText, schemaAt, withValue } from "./walk.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The one place where the environment is read. */
export function processEnvironment(): Environment {
  return { ...process.env };
}

/** For libraries that look there themselves. */
export function withoutColours(): void {
  process.env.NO_COLOR = "1";
}

const prefix = "STACKHOLD_";

/** Read elsewhere, or set by Stackhold itself for hooks and tests. */
const reserved = [
  "CONFIG",
  "NEW_PASSWORD",
  "NEW_PASSWORD_FILE",
  "ADMIN_PASSWORD",
  "ADMIN_PASSWORD_FILE",
  "API_TOKEN",
  "API_TOKEN_FILE",
  "BUNDLE_PASSWORD",
  "BUNDLE_PASSWORD_FILE",
  "TESTBED_DIR",
  "REQUIRE",
  "HOOK",
  "UNIT",
  "BACKUP_ID",
  "STATUS",
].map((name) => prefix + name);

/** Short forms that mean a key of another block and so share its variable. */
const shortForms: Readonly<Record<string, readonly string[]>> = {
  retention_days: ["retention", "days"],
};

/** Blocks that a narrower one replaces whole: a variable for one key drops the file's block. */
const wholeBlocks = ["retention"];

function variableName(path: readonly string[]): string {
  return prefix + path.join("_").toUpperCase();
}

/** Scalars, and unions with a scalar among them: what one variable can hold. */
function isScalar(schema: Schema): boolean {
  const { shape } = factsOf(schema);
  return shape.kind === "scalar";
}

/** Every variable with the path it sets: all scalars outside maps of names and lists. */
export function environmentNames(
  schema: Schema,
  path: readonly string[] = [],
): Map<string, readonly string[]> {
  const { shape } = factsOf(schema);
  if (shape.kind === "object") {
    return new Map(
      Object.entries(shape.fields).flatMap(([key, field]) => [
        ...environmentNames(field, [...path, key]),
      ]),
    );
  }
  if (!isScalar(schema)) return new Map();
  const target = shortForms[path.join(".")] ?? path;
  return new Map([[variableName(path), target]]);
}

/** Text as the schema wants it: itself where it takes text, else the number, boolean or null. */
function typed(schema: Schema, text: string): unknown {
  const { inner } = factsOf(schema);
  const takesText = (def: typeof inner._zod.def): boolean =>
    def.type === "union"
      ? def.options.some((o) => takesText(factsOf(o).inner._zod.def))
      : def.type === "string";
  if (takesText(inner._zod.def) && !(text === "null" && factsOf(schema).nullable)) return text;
  if (choicesOf(schema).includes(text)) return text;
  return /^(true|false|null|-?\d+(\.\d+)?)$/.test(text) ? JSON.parse(text) : text;
}

export interface FromEnvironment {
  readonly value: unknown;
  /** Dotted path → variable. */
  readonly set: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

function forget(value: unknown, block: string): unknown {
  if (!isRecord(value)) return value;
  const gone = [block, ...Object.keys(shortForms).filter((key) => shortForms[key]?.[0] === block)];
  return Object.fromEntries(Object.entries(value).filter(([key]) => !gone.includes(key)));
}

/** The file's value with what the environment says put over it. Empty variables say nothing. */
export function applyEnvironment(schema: Schema, file: unknown, env: Environment): FromEnvironment {
  const names = environmentNames(schema);
  const set = new Map<string, string>();
  const warnings: string[] = [];
  const given = Object.entries(env).filter(
    ([name, text]) => name.startsWith(prefix) && text !== "",
  );
  const blocks = given.map(([name]) => names.get(name)?.[0]);
  let value = wholeBlocks.filter((b) => blocks.includes(b)).reduce(forget, file);
  for (const [name, text] of given) {
    const path: readonly Key[] | undefined = names.get(name);
    if (path !== undefined && text !== undefined) {
      const field = schemaAt(schema, value, path);
      value = withValue(value, path, field === undefined ? text : typed(field, text));
      set.set(pathText(path), name);
    } else if (!reserved.includes(name)) {
      warnings.push(
        `unknown variable ${name}${didYouMean(name, [...names.keys(), ...reserved], "")}`,
      );
    }
  }
  return { value, set, warnings };
}
