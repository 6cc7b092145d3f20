import { open } from "node:fs/promises";

const heading = /^# file: (.*)$/;

/** Copies what a dump of getfattr's has of one name (latin1) under another; false where it has nothing. */
export async function writeAttributesOf(
  dump: string,
  name: string,
  as: string,
  file: string,
): Promise<boolean> {
  await using from = await open(dump, "r");
  const lines: string[] = [];
  let isWanted = false;
  for await (const line of from.readLines({ encoding: "latin1" })) {
    const [, escaped] = heading.exec(line) ?? [];
    if (escaped !== undefined) isWanted = sameFile(unescapeName(escaped), name);
    else if (isWanted && line !== "") lines.push(line);
    if (escaped !== undefined && lines.length > 0) break;
  }
  if (lines.length === 0) return false;
  await using to = await open(file, "wx", 0o600);
  await to.writeFile([`# file: ${as}`, ...lines, "", ""].join("\n"), "latin1");
  return true;
}

/** getfattr drops `./` from what it prints. */
function sameFile(one: string, other: string): boolean {
  return one.replace(/^\.\//, "") === other.replace(/^\.\//, "");
}

/** attr's misc/quote.c: octal, of three digits. */
function unescapeName(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 8)),
  );
}
