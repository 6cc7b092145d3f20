import { execFileSync } from "node:child_process";
import { readFile, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Manifest } from "../../domain/manifest.ts";
import { publishPoint, temporaryDirectory } from "../../testing/points.ts";
import { createRealRepository } from "../../testing/real-archive-repository.ts";

const ref = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const part = { kind: "volume", name: "data" } as const;

async function published() {
  const directory = await temporaryDirectory();
  const repository = createRealRepository(directory.path);
  await repository.open();
  await publishPoint(repository, ref);
  const point = join(directory.path, ref.host, ref.unit, ref.backupId);
  const editManifest = async (edit: (manifest: Manifest) => unknown) => {
    const path = join(point, "manifest.json");
    const manifest = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify(edit(manifest) ?? manifest));
  };
  return {
    repository,
    point,
    archive: join(point, "volume-data.tar.zst"),
    editManifest,
    [Symbol.asyncDispose]: directory[Symbol.asyncDispose],
  };
}

function withFile(file: string) {
  return (manifest: Manifest) => {
    for (const { archives } of manifest.parts) for (const archive of archives) archive.file = file;
  };
}

test.each(["/etc/passwd", "../other.tar", "..", ".", "sub/file.tar", "a\0b"])(
  "a manifest that names the file %j is a damaged one",
  async (file) => {
    await using place = await published();
    await place.editManifest(withFile(file));
    expect(await place.repository.list({})).toMatchObject([{ status: "damaged" }]);
    await expect(place.repository.read(ref)).rejects.toMatchObject({
      code: "POINT_DAMAGED",
      message: expect.stringContaining(place.point),
    });
  },
);

test("a manifest that is a FIFO is a damaged one, and nobody waits for it", async () => {
  await using place = await published();
  const manifest = join(place.point, "manifest.json");
  await rm(manifest);
  execFileSync("mkfifo", [manifest]);
  expect(await place.repository.list({})).toMatchObject([{ status: "damaged" }]);
  await expect(place.repository.read(ref)).rejects.toMatchObject({ code: "POINT_DAMAGED" });
});

test("an archive that is a link is neither verified nor unpacked", async () => {
  await using place = await published();
  await using outside = await temporaryDirectory();
  const moved = join(outside.path, "elsewhere.tar.zst");
  await rename(place.archive, moved);
  await symlink(moved, place.archive);
  const reader = await place.repository.read(ref);
  expect(await reader.verify({ deep: false }, {})).toEqual([
    { part: "volume:data", problem: "volume-data.tar.zst is not a regular file" },
  ]);
  await expect(reader.extract(part, outside.path, {})).rejects.toMatchObject({
    code: "POINT_DAMAGED",
  });
});

test("a manifest of another point is a damaged one", async () => {
  await using place = await published();
  await place.editManifest((manifest) => ({ ...manifest, unit: "blog" }));
  await expect(place.repository.read(ref)).rejects.toMatchObject({
    code: "POINT_DAMAGED",
    message: expect.stringContaining("blog"),
  });
});

test.each([
  ["is missing", (archive: string) => rm(archive)],
  ["has 10 bytes instead of", (archive: string) => truncate(archive, 10)],
])("an archive that %s is a problem, and is not unpacked", async (problem, harm) => {
  await using place = await published();
  await using target = await temporaryDirectory();
  await harm(place.archive);
  expect(await place.repository.list({})).toMatchObject([{ status: "damaged", kind: "stack" }]);
  const reader = await place.repository.read(ref);
  expect(await reader.verify({ deep: false }, {})).toMatchObject([
    { part: "volume:data", problem: expect.stringContaining(problem) },
  ]);
  await expect(reader.extract(part, target.path, {})).rejects.toMatchObject({
    code: "POINT_DAMAGED",
    message: expect.stringContaining(place.archive),
  });
});

test.each([
  ["the same part twice", ({ parts }: Manifest) => parts.push(...parts)],
  ["no members at all", (manifest: Manifest) => Object.assign(manifest, { members: undefined })],
])("a manifest that names %s is a damaged one", async (_, edit) => {
  await using place = await published();
  await place.editManifest((manifest) => void edit(manifest));
  expect(await place.repository.list({})).toMatchObject([{ status: "damaged" }]);
  await expect(place.repository.read(ref)).rejects.toMatchObject({ code: "POINT_DAMAGED" });
});

test("an archive that lacks entries of the manifest is found by a deep check alone", async () => {
  await using place = await published();
  await place.editManifest((manifest) => {
    for (const each of manifest.parts) each.files += 1;
  });
  const reader = await place.repository.read(ref);
  expect(await reader.verify({ deep: false }, {})).toEqual([]);
  expect(await reader.verify({ deep: true }, {})).toEqual([
    { part: "volume:data", problem: "volume-data.tar.zst holds 3 entries instead of 4" },
  ]);
});
