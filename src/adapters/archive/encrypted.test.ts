import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, it, test } from "vitest";
import { type Compression, compressions, type Manifest } from "../../domain/manifest.ts";
import { aManifest } from "../../testing/manifest.ts";
import { publishPoint, temporaryDirectory } from "../../testing/points.ts";
import { createRealRepository, realCapture } from "../../testing/real-archive-repository.ts";
import { type KeyPair, makeKeyPair } from "../age/passphrase.ts";
import type { EncryptionSettings } from "./encryption.ts";

const ref = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const later = { ...ref, backupId: "2026-11-21T02-00-00Z" };
const data = { kind: "volume", name: "data" } as const;
const imageId = `sha256:${"ab".repeat(32)}`;
/** A tar without members. */
const image = Buffer.alloc(71_680);

/** A directory, and repositories in it by what they know. */
async function place() {
  const directory = await temporaryDirectory();
  const root = join(directory.path, "repository");
  const at = (encryption?: Partial<EncryptionSettings>, compression: Compression = "zstd") =>
    createRealRepository(root, compression, "local", encryption);
  return Object.assign(directory, { root, at, point: join(root, "web01", "shop", ref.backupId) });
}

/** A volume in two passes, and an image, by somebody who can only encrypt. */
async function storeInPasses(
  { at, path }: Awaited<ReturnType<typeof place>>,
  { recipient }: KeyPair,
  compression: Compression = "zstd",
): Promise<string> {
  const repository = at({ recipients: [recipient] }, compression);
  await repository.open();
  const tree = join(path, "tree");
  mkdirSync(tree);
  for (const name of ["kept", "gone"]) writeFileSync(join(tree, name), name);
  const source = { path: tree, type: "directory", exclude: [] } as const;
  const passes = await realCapture().twoPhase(source, join(path, "spool"));
  const writer = await repository.begin(ref);
  const pending = await writer.store({ ...data, source: "data", tree: source, passes }, {});
  execFileSync("sh", ["-c", "rm gone; echo new >new"], { cwd: tree });
  await passes.freeze();
  const part = await pending.settle();
  await passes.release();
  async function* content() {
    yield image;
  }
  const images = [await writer.storeImage({ id: imageId, content }, {})];
  await writer.publish(aManifest(ref, [part], { images, freeze: "two-phase" }));
  return tree;
}

it.each(compressions)(
  "stores nothing that can be read without the key (%s)",
  async (compression) => {
    await using here = await place();
    const keys = await makeKeyPair();
    await storeInPasses(here, keys, compression);
    const names = readdirSync(here.point).filter((name) => name !== "manifest.json");
    expect(names).toHaveLength(5);
    for (const name of names) {
      expect(name).toMatch(/\.age$/);
      expect(readFileSync(join(here.point, name), "latin1")).toMatch(/^age-encryption\.org\/v1\n/);
      expect(statSync(join(here.point, name)).mode & 0o777).toBe(0o600);
    }
    const manifest: Manifest = JSON.parse(readFileSync(join(here.point, "manifest.json"), "utf8"));
    const files = [...(manifest.parts[0]?.archives ?? []), ...(manifest.images ?? [])];
    expect(files.map(({ recipients }) => recipients)).toEqual(files.map(() => [keys.recipient]));
  },
);

test("gives everything back to whom it is encrypted", async () => {
  await using here = await place();
  const keys = await makeKeyPair();
  await storeInPasses(here, keys);
  const reader = await here.at({ recipients: [keys.recipient], identity: keys.identity }).read(ref);
  expect(await reader.verify({ deep: true }, {})).toEqual([]);
  const target = join(here.path, "target");
  mkdirSync(target);
  await reader.extract(data, target, {});
  expect(readdirSync(target).sort()).toEqual(["kept", "new"]);
  const names: string[] = [];
  await reader.list(
    data,
    () => true,
    (entries) => void names.push(...entries.map((e) => e.name)),
    {},
  );
  expect(names.sort()).toEqual(["", "kept", "new"]);
  const poured: Uint8Array[] = [];
  await reader.pour(data, "new", async (bytes) => void poured.push(bytes), {});
  expect(Buffer.concat(poured).toString()).toBe("new\n");
  const [kept] = reader.manifest.images ?? [];
  if (kept === undefined) throw new Error("no image was kept");
  expect((await buffer(reader.readImage(kept, {}))).equals(image)).toBe(true);
  const out = join(here.path, "out");
  mkdirSync(out);
  const handed = await reader.handOut(data, out, {});
  const handedImage = await reader.handOutImage(kept, out, {});
  expect(readdirSync(out).sort()).toEqual([...handed, handedImage].map(({ file }) => file).sort());
  expect(readdirSync(out).filter((name) => name.endsWith(".age"))).toEqual([]);
  expect(execFileSync("zstd", ["-dc", join(out, handedImage.file)]).equals(image)).toBe(true);
});

test("lists and verifies without a key, and says what opens the rest", async () => {
  await using here = await place();
  const keys = await makeKeyPair();
  await storeInPasses(here, keys);
  const target = join(here.path, "target");
  mkdirSync(target);
  const repository = here.at({ recipients: [keys.recipient] });
  expect(await repository.list({})).toMatchObject([{ ...ref, status: "complete" }]);
  const reader = await repository.read(ref);
  expect(await reader.verify({ deep: false }, {})).toEqual([]);
  const [kept] = reader.manifest.images ?? [];
  if (kept === undefined) throw new Error("no image was kept");
  const refused = (work: Promise<unknown>, hint = "identity_file") =>
    expect(work).rejects.toMatchObject({
      code: "WRONG_CREDENTIALS",
      hint: expect.stringContaining(hint),
    });
  await refused(reader.verify({ deep: true }, {}));
  await refused(reader.extract(data, target, {}));
  await refused(reader.handOut(data, target, {}));
  await refused(buffer(reader.readImage(kept, {})));
  const other = await makeKeyPair();
  const stranger = await here
    .at({ recipients: [keys.recipient], identity: other.identity })
    .read(ref);
  await refused(stranger.extract(data, target, {}), keys.recipient);
  await refused(stranger.verify({ deep: true }, {}), keys.recipient);
  await refused((await here.at().read(ref)).extract(data, target, {}));
  expect(readdirSync(target)).toEqual([]);
});

test("is opened by age alone, with the identity", async () => {
  await using here = await place();
  const keys = await makeKeyPair();
  await storeInPasses(here, keys);
  const identity = join(here.path, "key.txt");
  writeFileSync(identity, `${keys.identity}\n`);
  const list = (name: string) =>
    execFileSync("sh", [
      "-ec",
      'age -d -i "$0" "$1" | zstd -dc | tar -tf -',
      identity,
      join(here.point, name),
    ])
      .toString()
      .split("\n");
  expect(list("volume-data.tar.zst.age")).toEqual(expect.arrayContaining(["./gone", "./kept"]));
  expect(list("volume-data.delta.tar.zst.age")).toContain("./new");
  const deleted = execFileSync("age", [
    "-d",
    "-i",
    identity,
    join(here.point, "volume-data.deleted.age"),
  ]);
  expect(deleted.toString()).toBe("./gone\0");
});

test("a damaged file is found without a key, and gives nothing with it", async () => {
  await using here = await place();
  const keys = await makeKeyPair();
  await storeInPasses(here, keys);
  const file = join(here.point, "volume-data.tar.zst.age");
  const bytes = readFileSync(file);
  bytes[bytes.length - 10] = (bytes.at(-10) ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const target = join(here.path, "target");
  mkdirSync(target);
  const knowing = await here
    .at({ recipients: [keys.recipient], identity: keys.identity })
    .read(ref);
  for (const reader of [knowing, await here.at({ recipients: [keys.recipient] }).read(ref)]) {
    expect(await reader.verify({ deep: false }, {})).toMatchObject([{ part: "volume:data" }]);
  }
  await expect(knowing.extract(data, target, {})).rejects.toMatchObject({ code: "TOOL_FAILED" });
  await expect(knowing.handOut(data, target, {})).rejects.toMatchObject({ code: "POINT_DAMAGED" });
});

test("a file whose header is damaged is told as that, not as a wrong key", async () => {
  await using here = await place();
  const keys = await makeKeyPair();
  await storeInPasses(here, keys);
  const file = join(here.point, "volume-data.tar.zst.age");
  const bytes = readFileSync(file);
  const letter = bytes.indexOf("-> X25519 ") + 12;
  bytes[letter] = bytes[letter] === 65 ? 66 : 65;
  writeFileSync(file, bytes);
  const target = join(here.path, "target");
  mkdirSync(target);
  const reader = await here.at({ recipients: [keys.recipient], identity: keys.identity }).read(ref);
  expect(await reader.verify({ deep: true }, {})).toMatchObject([{ part: "volume:data" }]);
  await expect(reader.extract(data, target, {})).rejects.toMatchObject({ code: "POINT_DAMAGED" });
});

test("a passphrase opens it, here and for age alone, and no other one does", async () => {
  await using here = await place();
  const passphrase = "correct horse battery staple";
  const repository = here.at({ passphrase });
  await repository.open();
  await publishPoint(repository, ref);
  const identity = join(here.root, "stackhold-identity.age");
  expect(statSync(identity).mode & 0o777).toBe(0o600);
  const again = here.at({ passphrase });
  expect(await again.open()).toBe("found");
  const target = join(here.path, "target");
  mkdirSync(target);
  await (await again.read(ref)).extract(data, target, {});
  expect(readFileSync(join(target, "inner", "file"), "utf8")).toBe("content");
  await expect(here.at({ passphrase: "another" }).open()).rejects.toMatchObject({
    code: "WRONG_CREDENTIALS",
    message: expect.stringContaining("stackhold-identity.age"),
  });
  const out = join(here.path, "out");
  const file = join(here.point, "volume-data.tar.zst.age");
  const command = `age -d -i '${identity}' -o '${out}' '${file}'`;
  const done = spawnSync("script", ["-qec", command, "/dev/null"], { input: `${passphrase}\n` });
  expect(done.status).toBe(0);
  expect(execFileSync("sh", ["-c", 'zstd -dc "$0" | tar -tf -', out]).toString()).toContain(
    "inner/file",
  );
}, 120_000);

test("refuses to be opened for somebody whom age does not know", async () => {
  await using here = await place();
  await expect(here.at({ recipients: ["age1nonsense"] }).open()).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining("malformed recipient"),
  });
  await expect(here.at({ recipientsFile: "/nowhere" }).open()).rejects.toMatchObject({
    code: "CONFIG_UNREADABLE",
  });
});

test("reads what was stored before it was encrypted, and shares images only with equals", async () => {
  await using here = await place();
  const [one, two] = [await makeKeyPair(), await makeKeyPair()];
  const plain = here.at();
  await plain.open();
  await publishPoint(plain, ref);
  const store = async (backupId: string, recipients: string[]) => {
    const repository = here.at({ recipients });
    const writer = await repository.begin({ ...ref, backupId });
    async function* content() {
      yield image;
    }
    const images = [await writer.storeImage({ id: imageId, content }, {})];
    await writer.publish(aManifest({ ...ref, backupId }, [], { images }));
    return images[0]?.sha256;
  };
  const first = await store(later.backupId, [one.recipient]);
  expect(await store("2026-11-22T02-00-00Z", [one.recipient])).toBe(first);
  expect(await store("2026-11-23T02-00-00Z", [two.recipient])).not.toBe(first);
  const target = join(here.path, "target");
  mkdirSync(target);
  await (await here.at({ recipients: [one.recipient] }).read(ref)).extract(data, target, {});
  expect(readFileSync(join(target, "inner", "file"), "utf8")).toBe("content");
});
