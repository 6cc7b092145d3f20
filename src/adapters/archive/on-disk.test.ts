import {
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { publishPoint, temporaryDirectory } from "../../testing/points.ts";
import { createRealRepository } from "../../testing/real-archive-repository.ts";

const first = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const second = { ...first, backupId: "2026-11-21T02-00-00Z" };
const parts = [
  { kind: "volume", name: "data" },
  { kind: "bind", name: "/srv/shop" },
  { kind: "recipe", name: "" },
] as const;

async function modesBelow(root: string): Promise<Record<string, string>> {
  const names = await readdir(root, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => !entry.isSymbolicLink());
  const modes = await Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(root.length + 1), ((await stat(path)).mode & 0o7777).toString(8)] as const;
    }),
  );
  return Object.fromEntries(modes.sort(([a], [b]) => (a < b ? -1 : 1)));
}

test("lies on the disk as the format says, readable by nobody else", async () => {
  await using directory = await temporaryDirectory();
  const root = join(directory.path, "repository");
  const repository = createRealRepository(root);
  await repository.open();
  await publishPoint(repository, first, parts);
  const point = `web01/shop/${first.backupId}`;
  expect(await modesBelow(root)).toEqual({
    "stackhold-repository.json": "600",
    web01: "700",
    "web01/shop": "700",
    [point]: "700",
    [`${point}/bind-%2Fsrv%2Fshop.tar.zst`]: "600",
    [`${point}/manifest.json`]: "600",
    [`${point}/recipe.tar.zst`]: "600",
    [`${point}/volume-data.tar.zst`]: "600",
  });
  expect((await stat(root)).mode & 0o7777).toBe(0o700);
  expect(JSON.parse(await readFile(join(root, "stackhold-repository.json"), "utf8"))).toEqual({
    format: 1,
    id: expect.any(String),
    createdAt: expect.stringMatching(/Z$/),
  });
});

test("latest leads to the newest point, whatever is published or removed", async () => {
  await using directory = await temporaryDirectory();
  const repository = createRealRepository(directory.path);
  await repository.open();
  const latest = () => readlink(join(directory.path, "web01", "shop", "latest"));
  await publishPoint(repository, second);
  expect(await latest()).toBe(second.backupId);
  await publishPoint(repository, first);
  expect(await latest()).toBe(second.backupId);
  await repository.remove(second);
  expect(await latest()).toBe(first.backupId);
  await repository.remove(first);
  expect(await readdir(join(directory.path, "web01", "shop"))).toEqual([]);
});

test("a pin is a file of its own: the manifest and the archives stay as they are", async () => {
  await using directory = await temporaryDirectory();
  const repository = createRealRepository(directory.path);
  await repository.open();
  await publishPoint(repository, first);
  const point = join(directory.path, "web01", "shop", first.backupId);
  const manifest = await readFile(join(point, "manifest.json"), "utf8");
  await repository.pin(first, true);
  expect((await readdir(point)).sort()).toEqual(["manifest.json", "pinned", "volume-data.tar.zst"]);
  expect((await stat(join(point, "pinned"))).mode & 0o7777).toBe(0o600);
  expect(await readFile(join(point, "manifest.json"), "utf8")).toBe(manifest);
  await repository.pin(first, false);
  expect(await modesBelow(point)).toEqual({ "manifest.json": "600", "volume-data.tar.zst": "600" });
});

test("a file in the place of latest does not hinder a point", async () => {
  await using directory = await temporaryDirectory();
  const repository = createRealRepository(directory.path);
  await repository.open();
  await mkdir(join(directory.path, "web01", "shop", "latest", "something"), { recursive: true });
  await publishPoint(repository, first);
  expect(await repository.list({})).toHaveLength(1);
  expect((await readdir(join(directory.path, "web01", "shop"))).sort()).toEqual([
    first.backupId,
    "latest",
  ]);
});

test("archives of somebody else in the same directory are left alone", async () => {
  await using directory = await temporaryDirectory();
  await mkdir(join(directory.path, "old", "stuff", "2026"), { recursive: true });
  await writeFile(join(directory.path, "shop-2024.tar.gz"), "not ours");
  const repository = createRealRepository(directory.path);
  await repository.open();
  await publishPoint(repository, first);
  expect(await repository.list({})).toHaveLength(1);
  expect(await repository.sweep("old")).toEqual([]);
  expect(await readdir(join(directory.path, "old", "stuff"))).toEqual(["2026"]);
  expect(await readFile(join(directory.path, "shop-2024.tar.gz"), "utf8")).toBe("not ours");
});

test("unchanged data gives the same bytes in the next point", async () => {
  await using directory = await temporaryDirectory();
  const repository = createRealRepository(directory.path, "gzip");
  await repository.open();
  await using source = await temporaryDirectory();
  await writeFile(join(source.path, "file"), "content");
  const tree = { path: source.path, type: "directory", exclude: [] } as const;
  const sums = [];
  for (const ref of [first, second]) {
    const writer = await repository.begin(ref);
    const pending = await writer.store({ kind: "volume", name: "v", source: "v", tree }, {});
    sums.push((await pending.settle()).archives[0]?.sha256);
    await writer.discard();
  }
  expect(sums[0]).toBe(sums[1]);
});

test("a unit whose directory is a link to another disk is seen, written and swept as any other", async () => {
  await using directory = await temporaryDirectory();
  const root = join(directory.path, "repository");
  const repository = createRealRepository(root);
  await repository.open();
  await publishPoint(repository, first);
  const unit = join(root, "web01", "shop");
  const elsewhere = join(directory.path, "other disk");
  await rename(unit, elsewhere);
  await symlink(elsewhere, unit);
  await symlink("nowhere", join(root, "web01", "dangling"));
  await publishPoint(repository, second);
  for (const filter of [{}, { host: "web01" }, { host: "web01", unit: "shop" }]) {
    const found = (await repository.list(filter)).map(({ backupId }) => backupId);
    expect(found).toEqual([second.backupId, first.backupId]);
  }
  await mkdir(join(elsewhere, ".partial-2026-11-22T02-00-00Z"));
  expect(await repository.sweep("web01")).toMatchObject([{ unit: "shop" }]);
  expect(await repository.list({ unit: "dangling" })).toEqual([]);
});
