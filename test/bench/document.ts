import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Results } from "./results.ts";
import { markdownTables } from "./table.ts";

const page = join(import.meta.dirname, "..", "..", "docs", "performance.md");
const between = /(<!-- written by make bench -->\n)[\s\S]*?(<!-- end -->\n)/;

/** Replaces the tables of docs/performance.md and nothing else of it. */
export async function writeDocument(results: Results): Promise<void> {
  const text = await readFile(page, "utf8");
  if (!between.test(text)) throw new Error("docs/performance.md has no place for the tables");
  const tables = `\n${markdownTables(results)}\n\n`;
  await writeFile(
    page,
    text.replace(between, (_, begin: string, end: string) => begin + tables + end),
  );
}
