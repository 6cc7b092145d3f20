import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ArchiveFile, Manifest } from "../../domain/manifest.ts";
import { layPoint } from "../../testing/layered-point.ts";
import { compressed } from "../../testing/layers.ts";
import { temporaryDirectory } from "../../testing/points.ts";
import { createRealRepository } from "../../testing/real-archive-repository.ts";

const ref = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const part = { kind: "volume", name: "data" } as const;
const files = {
  hot: "volume-data.tar.zst",
  deleted: "volume-data.deleted",
  delta: "volume-data.delta.tar.zst",
  listing: "volume-data.list.zst",
};

/** A volume with `kept` and, until the second pass, `gone`; `new` comes meanwhile. */
async function laid() {
  const directory = await temporaryDirectory();
  const tree = join(directory.path, "tree");
  const target = join(directory.path, "target");
  for (const each of [tree, target]) mkdirSync(each);
  for (const name of ["kept", "gone"]) writeFileSync(join(tree, name), name);
  const change = () => {
    rmSync(join(tree, "gone"));
    writeFileSync(join(tree, "new"), "new");
  };
  const root = join(directory.path, "repository");
  const repository = createRealRepository(root);
  await repository.open();
  const measure = () => ({ bytes: 7, files: 3 });
  const point = layPoint(root, ref, [{ ...part, tree, change, measure }]);
  const manifestPath = join(point, "manifest.json");
  const edit = (change: (manifest: Manifest) => void) => {
    const manifest = JSON.parse(readFileSync(manifestPath, "utf8"));
    change(manifest);
    writeFileSync(manifestPath, JSON.stringify(manifest));
  };
  const editArchives = (change: (archives: ArchiveFile[]) => ArchiveFile[]) =>
    edit((manifest) => {
      for (const each of manifest.parts) each.archives = change(each.archives);
    });
  /** As if the file had been stored so: the manifest agrees. */
  const restore = (role: keyof typeof files, bytes: Buffer) => {
    writeFileSync(join(point, files[role]), bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    editArchives((archives) =>
      archives.map((each) =>
        each.role === role ? { ...each, bytes: bytes.length, sha256 } : each,
      ),
    );
  };
  return {
    point,
    target,
    edit,
    editArchives,
    restore,
    reader: () => repository.read(ref),
    [Symbol.asyncDispose]: directory[Symbol.asyncDispose],
  };
}

describe("a part stored in two passes", { timeout: 60_000 }, () => {
  it("is found good and comes back as of the second", async () => {
    await using place = await laid();
    expect(readdirSync(place.point).sort()).toEqual(
      ["manifest.json", ...Object.values(files)].sort(),
    );
    const reader = await place.reader();
    const amounts: number[] = [];
    const onProgress = ({ bytes }: { readonly bytes: number }) => amounts.push(bytes);
    for (const deep of [false, true])
      expect(await reader.verify({ deep }, { onProgress })).toEqual([]);
    expect(amounts.at(-1)).toBe(reader.manifest.parts[0]?.storedBytes);
    await reader.extract(part, place.target, {});
    expect(readdirSync(place.target).sort()).toEqual(["kept", "new"]);
  });

  it.each(Object.values(files))(
    "is not unpacked without %s, nor with another in its place",
    async (file) => {
      await using place = await laid();
      const path = join(place.point, file);
      const bytes = readFileSync(path);
      const problemIs = async (problem: string, shallow = true) => {
        const reader = await place.reader();
        expect(await reader.verify({ deep: false }, {})).toEqual([
          { part: "volume:data", problem: expect.stringContaining(`${file} ${problem}`) },
        ]);
        if (shallow)
          await expect(reader.extract(part, place.target, {})).rejects.toMatchObject({
            code: "POINT_DAMAGED",
          });
      };
      rmSync(path);
      await problemIs("is missing");
      writeFileSync(path, bytes.subarray(1));
      await problemIs("has ");
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(path, bytes);
      await problemIs("has another content", false);
      expect(readdirSync(place.target)).toEqual([]);
    },
  );

  it.each([
    ["hot", "no archive of the whole tree"],
    ["listing", "no listing"],
  ])("is refused when its manifest has no %s", async (role, reason) => {
    await using place = await laid();
    place.editArchives((archives) => archives.filter((each) => each.role !== role));
    await expect((await place.reader()).extract(part, place.target, {})).rejects.toMatchObject({
      code: "POINT_DAMAGED",
      message: expect.stringContaining(reason),
    });
  });

  it("is refused with two files of one role, and with a role that nobody knows", async () => {
    await using place = await laid();
    place.editArchives((archives) => [...archives, ...archives.slice(0, 1)]);
    await expect((await place.reader()).extract(part, place.target, {})).rejects.toMatchObject({
      code: "POINT_DAMAGED",
      message: expect.stringContaining("two files with the role hot"),
    });
    place.editArchives((archives) => archives.map((each) => ({ ...each, role: "later" as never })));
    await expect(place.reader()).rejects.toMatchObject({
      code: "POINT_DAMAGED",
      message: expect.stringContaining("archives.0.role"),
    });
  });

  it("whose files contradict its manifest is found out by a deep check alone", async () => {
    await using place = await laid();
    place.edit((manifest) => {
      for (const each of manifest.parts) each.files += 1;
    });
    place.restore("deleted", Buffer.from("../gone\0"));
    place.restore("delta", Buffer.from("no tar"));
    const reader = await place.reader();
    expect(await reader.verify({ deep: false }, {})).toEqual([]);
    expect(await reader.verify({ deep: true }, {})).toEqual([
      {
        part: "volume:data",
        problem: expect.stringMatching(
          /^volume-data.deleted cannot be read through: .*"\.\.\/gone"/,
        ),
      },
      {
        part: "volume:data",
        problem: expect.stringMatching(/^volume-data.delta.tar.zst cannot be read through: /),
      },
      { part: "volume:data", problem: "volume-data.list.zst holds 3 entries instead of 4" },
    ]);
    const strange = compressed(Buffer.from("no listing\0"), join(place.point, "strange"), "zstd");
    place.restore("listing", readFileSync(strange));
    expect(await (await place.reader()).verify({ deep: true }, {})).toContainEqual({
      part: "volume:data",
      problem: expect.stringMatching(/^volume-data.list.zst cannot be read through: .*no record/),
    });
  });
});
