import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { errorTable } from "../../errors.ts";
import { exitCodesPage, exitMeanings } from "./exit-codes-page.ts";

it("is what docs/exit-codes.md says", async () => {
  const page = await readFile(new URL("../../../docs/exit-codes.md", import.meta.url), "utf8");
  expect(page === exitCodesPage(), "run `npm run docs`").toBe(true);
});

it("explains the exit code of every error", () => {
  for (const { exit } of Object.values(errorTable)) expect(exitMeanings[exit]).toBeDefined();
});
