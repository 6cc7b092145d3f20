import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { forgetMoved } from "./forget-moved.ts";

it("keeps what is known of files that stayed where they were, and of no others", async () => {
  const root = await mkdtemp(join(tmpdir(), "stackhold-forget-"));
  const write = async (name: string, records: readonly string[]) => {
    await writeFile(join(root, name), records.map((each) => `${each}\0`).join(""), "latin1");
    return join(root, name);
  };
  const listed = (name: string) => `f 1:7 1 5 50.5 100.0 644 0 0 8 ${name}`;
  const remember = await write("remember", ["1@1 ./a", "- ./a-b", "2@2 ./a/x", "3@3 ./b \n\xff"]);
  const second = await write("second", [".", "./a", "./a-b", "./b \n\xff", "./new"].map(listed));
  const known = async () => (await readFile(remember, "latin1")).split("\0").slice(0, -1);
  await forgetMoved(remember, { second });
  expect(await known()).toEqual(["1@1 ./a", "- ./a-b", "- ./a/x", "3@3 ./b \n\xff"]);
  const changed = await write("changed", [".", "./a", "./new"]);
  await forgetMoved(remember, { second, changed });
  expect(await known()).toEqual(["- ./a", "- ./a-b", "- ./a/x", "3@3 ./b \n\xff"]);
  expect(await readdir(root)).not.toContain("remember.new");
  await rm(root, { recursive: true });
});
