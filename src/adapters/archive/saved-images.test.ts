import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, it, test } from "vitest";
import { type Compression, compressions, type SavedImage } from "../../domain/manifest.ts";
import { aManifest } from "../../testing/manifest.ts";
import { temporaryDirectory } from "../../testing/points.ts";
import { createRealRepository } from "../../testing/real-archive-repository.ts";

const id = `sha256:${"ab".repeat(32)}`;
const refAt = (hour: number) => ({
  host: "web01",
  unit: "shop",
  backupId: `2026-11-20T0${hour}-00-00Z`,
});

/** A tar without members, with something before its end. */
const whole = Buffer.concat([randomBytes(70_000), Buffer.alloc(1024)]);

async function* pieces() {
  yield whole.subarray(0, 50_000);
  yield whole.subarray(50_000);
}

/** A repository, and points in it that keep the image. */
async function opened(compression: Compression = "zstd") {
  const directory = await temporaryDirectory();
  const root = join(directory.path, "repository");
  const repository = createRealRepository(root, compression);
  await repository.open();
  let asked = 0;
  const store = async (hour: number): Promise<SavedImage> => {
    const writer = await repository.begin(refAt(hour));
    const content = () => {
      asked += 1;
      return pieces();
    };
    const image = await writer.storeImage({ id, content }, {});
    await writer.publish(aManifest(refAt(hour), [], { images: [image] }));
    return image;
  };
  return {
    repository,
    store,
    place: (hour: number) => join(root, "web01", "shop", refAt(hour).backupId),
    timesAsked: () => asked,
    [Symbol.asyncDispose]: directory[Symbol.asyncDispose],
  };
}

const programs = { zstd: "zstd", gzip: "gzip", none: "cat" } as const;

it.each(compressions)("keeps an image as %s, which programs can read", async (compression) => {
  await using at = await opened(compression);
  const image = await at.store(2);
  const file = join(at.place(2), image.file);
  expect(image).toMatchObject({ id, tarBytes: whole.length, bytes: (await stat(file)).size });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const program = programs[compression];
  const args = program === "cat" ? [file] : ["-dc", file];
  expect(spawnSync(program, args).stdout.equals(whole)).toBe(true);
  const reader = await at.repository.read(refAt(2));
  expect((await buffer(reader.readImage(image, {}))).equals(whole)).toBe(true);
  expect(await reader.verify({ deep: false }, {})).toEqual([]);
  const [point] = await at.repository.list({});
  expect(point).toMatchObject({ storedBytes: image.bytes, imageBytes: image.bytes });
});

test("a later point shares the file, and either may be removed without the other", async () => {
  await using at = await opened();
  const first = await at.store(2);
  expect(await at.store(3)).toEqual(first);
  expect(at.timesAsked()).toBe(1);
  expect(await at.repository.savedImages(refAt(2))).toEqual(new Set([id]));
  const manifest = await stat(join(at.place(2), "manifest.json"));
  expect(await at.repository.remove(refAt(2))).toEqual({ freedBytes: manifest.size });
  const reader = await at.repository.read(refAt(3));
  expect(await reader.verify({ deep: false }, {})).toEqual([]);
  const { freedBytes } = await at.repository.remove(refAt(3));
  expect(freedBytes).toBeGreaterThan(first.bytes);
});

test("a file that is damaged is found, is not shared, and gives not one byte", async () => {
  await using at = await opened();
  const image = await at.store(2);
  const file = join(at.place(2), image.file);
  const bytes = await readFile(file);
  bytes[5000] = (bytes[5000] ?? 0) ^ 1;
  await writeFile(file, bytes);
  const reader = await at.repository.read(refAt(2));
  expect(await reader.verify({ deep: false }, {})).toEqual([
    { part: "recipe", problem: expect.stringContaining(image.file) },
  ]);
  expect(await reader.verify({ deep: false, parts: [] }, {})).toEqual([]);
  expect(await reader.verify({ deep: false, parts: [], images: true }, {})).toHaveLength(1);
  const read = reader.readImage(image, {})[Symbol.asyncIterator]();
  await expect(read.next()).rejects.toMatchObject({ code: "POINT_DAMAGED" });
  await at.store(3);
  expect(at.timesAsked()).toBe(2);
  expect(await (await at.repository.read(refAt(3))).verify({ deep: false }, {})).toEqual([]);
  await rm(file);
  expect(await at.repository.list({})).toMatchObject([
    { status: "complete" },
    { status: "damaged" },
  ]);
});

test("content that breaks off leaves nothing, and the point may go on", async () => {
  await using at = await opened();
  const writer = await at.repository.begin(refAt(2));
  async function* broken() {
    yield whole;
    throw new Error("the engine went away");
  }
  await expect(writer.storeImage({ id, content: broken }, {})).rejects.toThrow("went away");
  await writer.publish(aManifest(refAt(2), []));
  expect(await readdir(at.place(2))).toEqual(["manifest.json"]);
});
