import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aManifest } from "../../testing/manifest.ts";
import { publishPoint, temporaryDirectory } from "../../testing/points.ts";
import { createRealRepository } from "../../testing/real-archive-repository.ts";

const ref = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const next = { ...ref, backupId: "2026-11-21T02-00-00Z" };

async function smallDisk() {
  const directory = await temporaryDirectory();
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", directory.path]);
  const repository = createRealRepository(directory.path, "none");
  return {
    repository,
    path: directory.path,
    fill: async () => {
      const { bavail, bsize } = await statfs(directory.path);
      const file = join(directory.path, "filler");
      await writeFile(file, randomBytes(bavail * bsize));
      return file;
    },
    [Symbol.asyncDispose]: async () => {
      execFileSync("umount", [directory.path]);
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function treeOf(bytes: number) {
  const source = await temporaryDirectory();
  await writeFile(join(source.path, "file"), randomBytes(bytes));
  const tree = { path: source.path, type: "directory", exclude: [] } as const;
  return { tree, [Symbol.asyncDispose]: source[Symbol.asyncDispose] };
}

describe.skipIf(process.getuid?.() !== 0)("on a full disk", () => {
  test("storing fails as NO_SPACE with the repository's name, and leaves room behind", async () => {
    await using disk = await smallDisk();
    await using big = await treeOf(6 << 20);
    await disk.repository.open();
    const writer = await disk.repository.begin(ref);
    const storing = writer.store({ kind: "volume", name: "v", source: "v", tree: big.tree }, {});
    await expect(storing).rejects.toMatchObject({
      code: "NO_SPACE",
      message: `repository local: no space left in ${disk.path}`,
    });
    expect(await readdir(join(disk.path, "web01", "shop", `.partial-${ref.backupId}`))).toEqual([
      "writer.json",
    ]);
    await writer.discard();
    expect(await readdir(join(disk.path, "web01", "shop"))).toEqual([]);
    await publishPoint(disk.repository, ref);
  });

  test("keeping an image fails as NO_SPACE, and leaves room behind", async () => {
    await using disk = await smallDisk();
    await disk.repository.open();
    const writer = await disk.repository.begin(ref);
    async function* content() {
      for (let piece = 0; piece < 96; piece += 1) yield randomBytes(1 << 16);
    }
    await expect(writer.storeImage({ id: "sha256:00", content }, {})).rejects.toMatchObject({
      code: "NO_SPACE",
      message: `repository local: no space left in ${disk.path}`,
    });
    expect(await readdir(join(disk.path, "web01", "shop", `.partial-${ref.backupId}`))).toEqual([
      "writer.json",
    ]);
    await writer.discard();
  });

  test("handing a part out fails as NO_SPACE with the name of the place, not of the repository", async () => {
    await using disk = await smallDisk();
    await using place = await temporaryDirectory();
    const repository = createRealRepository(place.path, "none");
    await repository.open();
    await publishPoint(repository, ref);
    const reader = await repository.read(ref);
    const [part] = reader.manifest.parts;
    await disk.fill();
    await expect(
      reader.handOut(part ?? { kind: "volume", name: "" }, disk.path, {}),
    ).rejects.toMatchObject({
      code: "NO_SPACE",
      message: expect.stringContaining(`no space left for ${disk.path}/`),
    });
  });

  test("publishing fails as NO_SPACE and shows nothing", async () => {
    await using disk = await smallDisk();
    await using small = await treeOf(1000);
    await disk.repository.open();
    const writer = await disk.repository.begin(ref);
    const pending = await writer.store(
      { kind: "volume", name: "v", source: "v", tree: small.tree },
      {},
    );
    const manifest = aManifest(ref, [await pending.settle()]);
    const filler = await disk.fill();
    await expect(writer.publish(manifest)).rejects.toMatchObject({ code: "NO_SPACE" });
    expect(await disk.repository.list({})).toEqual([]);
    await rm(filler);
    await writer.publish(manifest);
    expect(await disk.repository.list({})).toHaveLength(1);
  });

  test("points are still listed, removed and opened", async () => {
    await using disk = await smallDisk();
    await disk.repository.open();
    await publishPoint(disk.repository, ref);
    await disk.fill();
    await disk.repository.open();
    await expect(disk.repository.begin(next)).rejects.toMatchObject({ code: "NO_SPACE" });
    await disk.repository.sweep("web01");
    expect(await disk.repository.list({})).toHaveLength(1);
    await disk.repository.remove(ref);
    expect(await disk.repository.list({})).toEqual([]);
  });
});
