import type { z } from "zod";
import { didYouMean } from "../domain/suggest.ts";
import type { Problem } from "./problems.ts";
import { choicesOf, chosen, factsOf, type Key, type Schema } from "./shape.ts";
import { pathText, schemaAt } from "./walk.ts";

/** A problem with the path where it is, to be located by who knows the file. */
export interface Finding {
  readonly path: readonly Key[];
  readonly message: string;
}

function at(value: unknown, path: readonly Key[]): unknown {
  return path.reduce<unknown>(
    (inside, key) =>
      typeof inside === "object" && inside !== null ? Reflect.get(inside, key) : undefined,
    value,
  );
}

/** The keys that a map may have at a path. */
function keysAt(schema: Schema, value: unknown, path: readonly Key[]): string[] {
  const here = schemaAt(schema, value, path);
  if (here === undefined) return [];
  const { shape } = factsOf(here);
  if (shape.kind === "object") return Object.keys(shape.fields);
  if (shape.kind !== "choice") return [];
  const option = chosen(shape, at(value, path));
  return option === undefined ? [shape.by] : keysAt(option, at(value, path), []);
}

/** Where a key that stands in the wrong place belongs. */
function placesOf(schema: Schema, key: string, path: readonly string[] = []): string[] {
  const { shape } = factsOf(schema);
  if (shape.kind !== "object") return [];
  return Object.entries(shape.fields).flatMap(([name, field]) => [
    ...(name === key ? [[...path, name].join(".")] : []),
    ...placesOf(field, key, [...path, name]),
  ]);
}

function unknownKey(schema: Schema, value: unknown, path: readonly Key[], key: string): Finding {
  const near = didYouMean(key, keysAt(schema, value, path), "`");
  const [elsewhere] = placesOf(schema, key);
  const meant = near === "" && elsewhere !== undefined ? `: did you mean \`${elsewhere}\`?` : near;
  const whole = [...path, key];
  return { path: whole, message: `unknown key \`${pathText(whole)}\`${meant}` };
}

function notOneOf(path: readonly Key[], given: unknown, choices: readonly string[]): string {
  const name = `\`${pathText(path)}\``;
  const known = choices.join(", ");
  if (given === undefined) return `${name} is missing: one of ${known}`;
  const said = typeof given === "string" ? given : JSON.stringify(given);
  return `${name}: "${said}" is not one of ${known}${didYouMean(said, choices)}`;
}

const kinds: Readonly<Record<string, string>> = {
  record: "a map of names",
  object: "a map of keys",
  array: "a list",
  string: "text",
  boolean: "true or false",
};

function explain(schema: Schema, value: unknown, issue: z.core.$ZodIssue): string {
  const path = issue.path as Key[];
  const name = path.length === 0 ? "the configuration" : `\`${pathText(path)}\``;
  const given = at(value, path);
  if (issue.code === "invalid_value") return notOneOf(path, given, issue.values.map(String));
  const tags = issue.code === "invalid_union" ? tagChoices(schema, value, path) : [];
  if (tags.length > 0) return notOneOf(path, given, tags);
  if (given === undefined && issue.code !== "invalid_key") return `${name} is missing`;
  if (issue.code === "invalid_type" && issue.message.startsWith("Invalid input")) {
    return `${name} has to be ${kinds[issue.expected] ?? issue.expected}`;
  }
  if (issue.code === "invalid_key") return `${name}: ${issue.issues[0]?.message ?? issue.message}`;
  return `${name}: ${issue.message}`;
}

/** What the tag of a choice may be, for the path of the tag itself. */
function tagChoices(schema: Schema, value: unknown, path: readonly Key[]): string[] {
  const holder = schemaAt(schema, value, path.slice(0, -1));
  const shape = holder === undefined ? undefined : factsOf(holder).shape;
  if (shape?.kind !== "choice") return [];
  return shape.options.flatMap((option) => {
    const fields = factsOf(option).shape;
    const tag = fields.kind === "object" ? fields.fields[shape.by] : undefined;
    return tag === undefined ? [] : choicesOf(tag);
  });
}

/** Zod's findings in the words of somebody who edits the file. */
export function findingsOf(schema: Schema, value: unknown, error: z.core.$ZodError): Finding[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path as Key[];
    return issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => unknownKey(schema, value, path, key))
      : [{ path, message: explain(schema, value, issue) }];
  });
}

export function locate(
  findings: readonly Finding[],
  where: (path: readonly Key[]) => Pick<Problem, "place" | "variable">,
): Problem[] {
  return findings.map(({ path, message }) => ({ path: pathText(path), message, ...where(path) }));
}
