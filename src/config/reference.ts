import { absences } from "./availability.ts";
import { environmentNames } from "./environment.ts";
import { configSchema } from "./schema/config-schema.ts";
import { choicesOf, type chosen, type Facts, factsOf, type Schema } from "./shape.ts";
import { typeText } from "./type-text.ts";

export interface ReferenceRow {
  /** Dotted, with `<name>` for names and `[]` for items. */
  readonly key: string;
  readonly type: string;
  readonly fallback: string;
  readonly variable: string;
  readonly meaning: string;
  /** No value of it does anything in this version. */
  readonly isIdle: boolean;
}

export interface ReferenceSection {
  readonly title: string;
  readonly intro: string;
  readonly rows: readonly ReferenceRow[];
}

interface Walked {
  readonly rows: readonly ReferenceRow[];
  readonly sections: readonly ReferenceSection[];
}

const variables = new Map(
  [...environmentNames(configSchema)].map(([name, path]) => [path.join("."), name] as const),
);

const anyName = "<name>";
const shown = (path: readonly string[]) => path.join(".").replaceAll(".[]", "[]");

const fits = (key: readonly string[], path: readonly string[]) =>
  key.length === path.length && key.every((part, i) => part === path[i] || part === "*");

/** What the availability table says about a key. */
function restriction(path: readonly string[], choices: readonly string[] = []): string {
  const found = absences.find(({ key, asks }) => {
    if (!fits(key, path)) return false;
    return choices.length === 0 || asks === undefined || choices.some(asks);
  });
  return found === undefined ? "" : `. **Restriction:** ${found.message}`;
}

const isIdle = (path: readonly string[]) =>
  absences.some(({ key }) => key.length <= path.length && fits(key, path.slice(0, key.length)));

const allIdle = ({ rows, ...section }: ReferenceSection): ReferenceSection => ({
  ...section,
  rows: rows.map((one) => ({ ...one, isIdle: true })),
});

function fallbackText(facts: Facts): string {
  if (facts.required) return "required";
  const { default: value } = facts;
  return value === undefined
    ? "–"
    : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

function row(path: readonly string[], schema: Schema): ReferenceRow {
  const facts = factsOf(schema);
  const variable = variables.get(path.join("."));
  const short = path.join(".") === "retention_days" ? variables.get("retention.days") : undefined;
  return {
    key: shown(path),
    type: typeText(schema),
    fallback: fallbackText(facts),
    variable: variable ?? short ?? "",
    meaning: `${facts.description ?? ""}${restriction(path, choicesOf(schema))}`,
    isIdle: isIdle(path),
  };
}

/** A block within a block has a row of its own, before those of its keys. */
function blockRow(path: readonly string[], schema: Schema): ReferenceRow[] {
  const { description } = factsOf(schema);
  if (path.length === 1 || description === undefined) return [];
  return [{ ...row(path, schema), type: "block", fallback: "–" }];
}

/** Rows of the keys in a block; the options of a choice come as sections. */
function walk(schema: Schema, path: readonly string[]): Walked {
  const { shape } = factsOf(schema);
  switch (shape.kind) {
    case "object": {
      const fields = Object.entries(shape.fields);
      const { rows, sections } = joined(fields.map(([key, field]) => walk(field, [...path, key])));
      const own = blockRow(path, schema).map((block) => ({
        ...block,
        isIdle: rows.every((one) => one.isIdle),
      }));
      return { rows: [...own, ...rows], sections };
    }
    case "map":
      return walk(shape.value, [...path, anyName]);
    case "list": {
      const own = row(path, schema);
      if (factsOf(shape.item).shape.kind !== "object") return { rows: [own], sections: [] };
      const { rows, sections } = walk(shape.item, [...path, "[]"]);
      return { rows: [{ ...own, type: "list of blocks" }, ...rows], sections };
    }
    case "choice":
      return { rows: [], sections: options(shape, path) };
    case "scalar":
      return { rows: [row(path, schema)], sections: [] };
  }
}

function joined(parts: readonly Walked[]): Walked {
  return {
    rows: parts.flatMap((part) => part.rows),
    sections: parts.flatMap((part) => part.sections),
  };
}

function options(shape: Parameters<typeof chosen>[0], path: readonly string[]): ReferenceSection[] {
  return shape.options.flatMap((option) => {
    const fields = factsOf(option).shape;
    const tag = fields.kind === "object" ? fields.fields[shape.by] : undefined;
    if (tag === undefined) return [];
    const { rows, sections } = walk(option, path);
    const title = `\`${shown(path)}\` of type \`${choicesOf(tag).join()}\``;
    const all = [{ title, intro: factsOf(tag).description ?? "", rows }, ...sections];
    return restriction([...path, shape.by], choicesOf(tag)) === "" ? all : all.map(allIdle);
  });
}

/** Every key of the configuration file, block by block. */
export function configReference(): ReferenceSection[] {
  const fields = Object.entries(configSchema.shape);
  const plain = fields.filter(([, field]) =>
    ["scalar", "list"].includes(factsOf(field).shape.kind),
  );
  const general = {
    title: "General",
    intro: "Keys at the top of the file",
    rows: plain.map(([key, field]) => row([key], field)),
  };
  const blocks = fields.filter((field) => !plain.includes(field));
  return [
    general,
    ...blocks.flatMap(([key, field]): ReferenceSection[] => {
      const { rows, sections } = walk(field, [key]);
      const intro = `${factsOf(field).description ?? ""}${restriction([key]) || restriction([key, anyName])}`;
      return [{ title: `\`${key}\``, intro, rows }, ...sections];
    }),
  ];
}
