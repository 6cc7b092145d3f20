import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/points.ts";
import { createTextReader, readText } from "./read-text.ts";

/** Every look at it is so many milliseconds later. */
function clockThatGoes(milliseconds: number) {
  let now = 0;
  return { monotonic: () => (now += milliseconds) };
}

test.each([
  ["one at a time", () => readText],
  ["many, quickly", () => createTextReader(clockThatGoes(0))],
  ["many, slowly", () => createTextReader(clockThatGoes(60))],
])("reads a text, waits for no FIFO and says what is missing: %s", async (_, reader) => {
  await using directory = await temporaryDirectory();
  const [text = "", fifo = ""] = ["text", "fifo"].map((name) => join(directory.path, name));
  const content = "ü".repeat(100_000);
  await writeFile(text, content);
  execFileSync("mkfifo", [fifo]);
  const read = reader();
  expect(await read(text)).toBe(content);
  expect(await read(fifo)).toBe("");
  await expect(read(`${text}/below`)).rejects.toMatchObject({ code: "ENOTDIR" });
  await expect(read(directory.path)).rejects.toMatchObject({ code: "EISDIR" });
});
