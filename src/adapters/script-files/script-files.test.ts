import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/points.ts";
import { createScriptFiles } from "./script-files.ts";

const scripts = createScriptFiles();
const file = { name: "restore.sh", text: "#!/bin/sh\n", executable: true };
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

test("makes the directory and everything in it for its owner alone", async () => {
  await using scratch = await temporaryDirectory();
  const path = join(scratch.path, "deep", "new");
  const made = await scripts.begin(path);
  await made.write(file);
  await made.write({ name: "README.txt", text: "", executable: false });
  const modes = readdirSync(path).map((name) => `${name} ${modeOf(join(path, name))}`);
  expect([modeOf(path), ...modes.toSorted()]).toEqual([
    ...["700", "README.txt 600", "data 700", "functions.sh 600", "restore.sh 700"],
  ]);
  expect(made.data).toBe(join(path, "data"));
});

test("discards what it wrote, and a directory only that it made", async () => {
  await using scratch = await temporaryDirectory();
  const [fresh, there] = [join(scratch.path, "fresh"), join(scratch.path, "there")];
  await mkdir(there, { mode: 0o755 });
  for (const path of [fresh, there]) {
    const made = await scripts.begin(path);
    await made.write(file);
    writeFileSync(join(made.data, "part.tar"), "");
    await made.discard();
  }
  expect([existsSync(fresh), readdirSync(there)]).toEqual([false, []]);
});

test("refuses a directory that holds something, and what is none", async () => {
  await using scratch = await temporaryDirectory();
  const path = join(scratch.path, "file");
  writeFileSync(path, "");
  for (const taken of [scratch.path, path]) {
    await expect(scripts.examine(taken)).rejects.toMatchObject({ code: "USAGE" });
    await expect(scripts.begin(taken)).rejects.toMatchObject({ code: "USAGE" });
  }
  await scripts.examine(join(scratch.path, "nowhere"));
  expect(readdirSync(scratch.path)).toEqual(["file"]);
});
