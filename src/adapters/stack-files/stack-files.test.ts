import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { localStackFiles } from "./stack-files.ts";

const files = localStackFiles();
let root = "";
const at = (name: string) => join(root, name);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "stackhold-stack-files-"));
  await mkdir(at("b"));
  await mkdir(at("a"));
  await writeFile(at("z.yaml"), "text ä");
  await symlink(at("z.yaml"), at("c.yaml"));
  await symlink(at("b"), at("link"));
  await symlink("nowhere", at("dangling"));
  execFileSync("mkfifo", [at("pipe")]);
});
afterAll(() => rm(root, { recursive: true, force: true }));

it("lists directories and files by name, links followed, nothing else", async () => {
  expect(await files.list(root)).toMatchObject({
    directories: ["a", "b", "link"],
    files: ["c.yaml", "z.yaml"],
  });
  expect((await files.list(at("link")))?.realPath).toBe(await files.realPath(at("b")));
});

it("reads text, and takes what is not there for missing", async () => {
  expect(await files.read(at("c.yaml"))).toBe("text ä");
  expect(await files.read(at("none"))).toBeUndefined();
  expect(await files.read(at("z.yaml/below"))).toBeUndefined();
  expect(await files.list(at("none"))).toBeUndefined();
  expect(await files.realPath(at("dangling"))).toBeUndefined();
});

it("refuses what is no text file instead of waiting for it or filling memory", async () => {
  const unreadable = { code: "SOURCE_UNREADABLE" };
  await expect(files.read(at("pipe"))).rejects.toMatchObject(unreadable);
  await expect(files.read(at("a"))).rejects.toMatchObject(unreadable);
  await writeFile(at("huge"), "");
  await truncate(at("huge"), 2 ** 40);
  await expect(files.read(at("huge"))).rejects.toMatchObject(unreadable);
});
