/**
 * Whether other programs know a file by this name (latin1) as it is: one that is UTF-8 and has no replacement
 * character, which is what they would write for anything else.
 */
export function isPlainName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  if (/^[\x01-\x7f]*$/.test(name)) return true;
  const text = Buffer.from(name, "latin1").toString("utf8");
  return !text.includes("\ufffd");
}
