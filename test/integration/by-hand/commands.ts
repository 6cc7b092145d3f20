import { readFileSync } from "node:fs";

const page = new URL("../../../docs/format.md", import.meta.url);

export function formatPage(): string {
  return readFileSync(page, "utf8");
}

/** The shell commands of docs/format.md in their order, with the reader's own two paths. */
export function documentedCommands(point: string, target: string): string {
  const blocks = [...formatPage().matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = ""]) => text);
  if (blocks.length !== 4) throw new Error(`docs/format.md has ${blocks.length} shell blocks`);
  return ["set -eu", ...blocks]
    .join("\n")
    .replace(/^POINT=.*$/m, () => `POINT=${quoted(point)}`)
    .replace(/^TARGET=.*$/m, () => `TARGET=${quoted(target)}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
