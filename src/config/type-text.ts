import { choicesOf, factsOf, type Schema } from "./shape.ts";

const words: Readonly<Record<string, string>> = {
  string: "text",
  number: "whole number",
  boolean: "`true` or `false`",
  "secret file": "path",
};

function bare(schema: Schema): string {
  const { shape, trait, inner } = factsOf(schema);
  const { _zod } = inner;
  const choices = choicesOf(schema).map((choice) => `\`${choice}\``);
  if (shape.kind === "list") return `list of ${bare(shape.item).replace(/^list of/, "lists of")}`;
  if (_zod.def.type === "union" && trait !== "duration")
    return _zod.def.options.map(bare).join(" or ");
  if (choices.length > 0) return choices.join(", ");
  return words[trait ?? _zod.def.type] ?? trait ?? _zod.def.type;
}

/** What one may write, in the words of the reference. */
export function typeText(schema: Schema): string {
  return factsOf(schema).nullable ? `${bare(schema)} or \`null\`` : bare(schema);
}
