/** Writes the generated pages of docs/; with --check it only says which are out of date. */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { exitCodesPage } from "../src/cli/format/exit-codes-page.ts";
import { configPage } from "../src/config/config-page.ts";

const pages = [
  { file: "docs/config.md", text: configPage },
  { file: "docs/exit-codes.md", text: exitCodesPage },
];
const check = process.argv.includes("--check");

for (const { file, text } of pages) {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  const old = await readFile(path, "utf8").catch(() => undefined);
  if (old === text()) continue;
  if (check) {
    process.stderr.write(`${file} is out of date: run \`npm run docs\`\n`);
    process.exitCode = 1;
  } else {
    await writeFile(path, text());
    process.stdout.write(`${file} written\n`);
  }
}
