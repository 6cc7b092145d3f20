import { join, resolve } from "node:path";
import { reasonOf } from "../errors.ts";
import type { ConfigFiles } from "./files.ts";
import type { Finding } from "./issues.ts";
import type { Key, Schema } from "./shape.ts";
import { mapLeaves, pathText, withValue } from "./walk.ts";

export interface Bases {
  /** What relative paths of the file refer to. */
  readonly directory: string;
  readonly home: string;
  /** Dotted paths set by the environment: those refer to the working directory. */
  readonly fromEnvironment: ReadonlyMap<string, string>;
}

/** Makes paths absolute and drops keys without a value, as in `skip_stop:`. */
export function normalise(schema: Schema, raw: unknown, bases: Bases): unknown {
  return mapLeaves(schema, raw, ({ path, value, facts }) => {
    if (value === null) return facts.nullable ? null : undefined;
    const isPath = facts.trait === "path" || facts.trait === "secret file";
    if (!isPath) return value;
    const directory = bases.fromEnvironment.has(pathText(path)) ? "" : bases.directory;
    const absolute = (text: string) => absolutePath(text, directory, bases.home);
    if (typeof value === "string" && value !== "") return absolute(value);
    // A command: a program without a directory is looked for on PATH.
    if (!Array.isArray(value) || !String(value[0]).includes("/")) return value;
    return value.map((each, index) => (index === 0 ? absolute(String(each)) : each));
  });
}

function absolutePath(value: string, directory: string, home: string): string {
  if (value === "~" || value.startsWith("~/")) return join(home, value.slice(1));
  return resolve(directory, value);
}

interface ReadSecrets {
  readonly value: unknown;
  readonly findings: readonly Finding[];
  /** Dotted paths of secrets that stand in the configuration itself. */
  readonly inline: readonly string[];
}

function scalars(schema: Schema, raw: unknown) {
  const found: { path: readonly Key[]; value: unknown; trait: string | undefined }[] = [];
  mapLeaves(schema, raw, ({ path, value, facts }) => {
    found.push({ path, value, trait: facts.trait });
    return value;
  });
  return found;
}

/** Its content without the last newline; throws where there is none. */
export async function secretText(files: ConfigFiles, file: string): Promise<string> {
  const found = await files.read(file);
  if (found === undefined) throw new Error(`there is no file ${file}`);
  const text = found.text.replace(/\r?\n$/, "");
  if (text === "") throw new Error(`${file} is empty`);
  return text;
}

/** Puts the content of every `…_file` into the key it stands for. */
export async function readSecrets(
  schema: Schema,
  raw: unknown,
  files: ConfigFiles,
): Promise<ReadSecrets> {
  const all = scalars(schema, raw);
  const inline = all.filter((leaf) => leaf.trait === "secret").map((leaf) => pathText(leaf.path));
  const findings: Finding[] = [];
  let value = raw;
  for (const leaf of all) {
    if (leaf.trait !== "secret file" || typeof leaf.value !== "string" || leaf.value === "")
      continue;
    const target = [...leaf.path.slice(0, -1), String(leaf.path.at(-1)).replace(/_file$/, "")];
    const name = `\`${pathText(leaf.path)}\``;
    if (inline.includes(pathText(target))) {
      findings.push({
        path: leaf.path,
        message: `${name} and \`${pathText(target)}\` are both given`,
      });
      continue;
    }
    try {
      value = withValue(value, target, await secretText(files, leaf.value));
    } catch (error) {
      const why = reasonOf(error);
      findings.push({ path: leaf.path, message: `${name}: ${why}` });
    }
  }
  return { value, findings, inline };
}

/** A key of several lines may be quoted by one of them; short ones are no secrets. */
function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.length >= 16 && !line.startsWith("#"));
}

/** Every secret's text, for the scrubber. */
export function secretTexts(schema: Schema, raw: unknown): string[] {
  return scalars(schema, raw).flatMap(({ trait, value }) =>
    trait === "secret" && typeof value === "string" && value !== ""
      ? [...new Set([value, ...linesOf(value)])]
      : [],
  );
}
