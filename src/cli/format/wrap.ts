import { width } from "./clip.ts";

/** Lines of at most so many columns, broken between words; a word that is longer stays whole. */
export function wrap(text: string, columns: number | undefined): string {
  if (!columns) return text;
  return text
    .split("\n")
    .map((line) => wrapLine(line, columns))
    .join("\n");
}

function wrapLine(text: string, columns: number): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    const joined = last === undefined ? word : `${last} ${word}`;
    if (last === undefined || width(joined) > columns) lines.push(word);
    else lines[lines.length - 1] = joined;
  }
  return lines.join("\n");
}
