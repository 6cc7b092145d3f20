import { width } from "./clip.ts";

/**
 * Lines of at most so many columns, broken between words; a word that is longer stays whole. What goes on
 * in a further line is indented by so many.
 */
export function wrap(text: string, columns: number | undefined, indent = 0): string {
  if (!columns) return text;
  return text
    .split("\n")
    .map((line) => wrapLine(line, columns, " ".repeat(indent)))
    .join("\n");
}

function wrapLine(text: string, columns: number, indent: string): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    const joined = last === undefined ? word : `${last} ${word}`;
    if (last === undefined) lines.push(word);
    else if (width(joined) > columns && last.trim() !== "") lines.push(indent + word);
    else lines[lines.length - 1] = joined;
  }
  return lines.join("\n");
}
