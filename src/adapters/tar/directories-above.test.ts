import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryDirectory } from "../../testing/points.ts";
import { directoriesAbove, makeDirectories } from "./directories-above.ts";

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

it("tells the directories above a path that are there, outermost first", async () => {
  await using root = await temporaryDirectory();
  const [outer, inner] = [join(root.path, "outer"), join(root.path, "outer/inner")];
  mkdirSync(inner, { recursive: true });
  chmodSync(outer, 0o2750);
  chmodSync(inner, 0o711);
  const found = await directoriesAbove(join(inner, "gone/data"));
  expect(found.map(({ path }) => path)).not.toContain("/");
  expect(found.slice(-2).map(({ path, mode }) => [path, mode])).toEqual([
    [outer, "2750"],
    [inner, "711"],
  ]);
});

it("makes what is missing as it was, and changes nothing that is there", async () => {
  await using root = await temporaryDirectory();
  const there = join(root.path, "there");
  mkdirSync(there);
  chmodSync(there, 0o755);
  const { uid, gid } = statSync(there);
  const owner = process.getuid?.() === 0 ? { uid: 1234, gid: 4321 } : { uid, gid };
  const wanted = ["", "/one", "/one/two"].map((name) => ({
    ...{ path: `${there}${name}`, mode: "2710" },
    ...owner,
  }));
  await makeDirectories(wanted);
  const found = wanted.map(({ path }) => [modeOf(path), statSync(path).uid, statSync(path).gid]);
  const made = ["2710", owner.uid, owner.gid];
  expect(found).toEqual([["755", uid, gid], made, made]);
  writeFileSync(join(there, "file"), "");
  await makeDirectories([{ ...owner, path: join(there, "file"), mode: "700" }]);
  expect(statSync(join(there, "file")).isFile()).toBe(true);
  const below = makeDirectories([{ ...owner, path: join(there, "no/where"), mode: "700" }]);
  await expect(below).rejects.toMatchObject({
    code: "TOOL_FAILED",
    message: expect.stringContaining(`cannot make ${there}/no/where`),
  });
});
