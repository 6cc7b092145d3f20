import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { plotDowntimes } from "./downtime/plot.ts";
import type { Results } from "./results.ts";
import { markdownTables } from "./table.ts";

const docs = join(import.meta.dirname, "..", "..", "docs");
const page = join(docs, "performance.md");
const picture = "images/downtime.svg";
const between = /(<!-- written by make bench -->\n)[\s\S]*?(<!-- end -->\n)/;

/** Replaces the plot and the tables of docs/performance.md and nothing else of it. */
export async function writeDocument(results: Results): Promise<void> {
  const text = await readFile(page, "utf8");
  if (!between.test(text)) throw new Error("docs/performance.md has no place for the tables");
  const plot = plotDowntimes(results.downtimes ?? []);
  if (plot !== undefined) await writeFile(join(docs, picture), plot);
  const shown = plot === undefined ? [] : [`![Downtime against size](${picture})`];
  const written = `\n${[...shown, markdownTables(results)].join("\n\n")}\n\n`;
  await writeFile(
    page,
    text.replace(between, (_, begin: string, end: string) => begin + written + end),
  );
}
