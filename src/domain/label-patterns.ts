/** Split at commas; `\,` is a comma within a pattern. */
export function splitPatterns(text: string): string[] {
  return text
    .split(/(?<!\\),/)
    .map((pattern) => pattern.replaceAll("\\,", ",").trim())
    .filter((pattern) => pattern !== "");
}
