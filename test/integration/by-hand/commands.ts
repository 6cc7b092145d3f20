import { readFileSync } from "node:fs";

const page = new URL("../../../docs/format.md", import.meta.url);

export function formatPage(): string {
  return readFileSync(page, "utf8");
}

/** Of an encrypted point: the key, and where it is opened. */
export interface Key {
  readonly identity: string;
  readonly opened: string;
}

/** The shell commands of docs/format.md in their order, with the reader's own paths. */
export function documentedCommands(point: string, target: string, key?: Key): string {
  const blocks = [...formatPage().matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = ""]) => text);
  if (blocks.length !== 5) throw new Error(`docs/format.md has ${blocks.length} shell blocks`);
  return ["set -eu", ...blocks]
    .join("\n")
    .replace(/^POINT=.*$/m, () => `POINT=${quoted(point)}`)
    .replace(/^TARGET=.*$/m, () => `TARGET=${quoted(target)}`)
    .replace(/^IDENTITY=.*$/m, (line) => (key ? `IDENTITY=${quoted(key.identity)}` : line))
    .replace(/^OPENED=.*$/m, (line) => (key ? `OPENED=${quoted(key.opened)}` : line));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
