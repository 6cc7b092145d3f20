import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeKeyPair } from "../../adapters/age/passphrase.ts";
import { pointPaths } from "../../adapters/archive/layout.ts";
import type { Repository } from "../../ports/repository.ts";
import { archiveUnderTest, ofAnotherKind } from "../../testing/archive-under-test.ts";
import { copyContract } from "../../testing/copy.contract.ts";
import { layPoint } from "../../testing/layered-point.ts";
import { pointOperations } from "../../testing/point-operations.ts";
import { publishPoint } from "../../testing/points.ts";
import { realCapture } from "../../testing/real-archive-repository.ts";
import { type CopyInput, copyPoint } from "./copy-point.ts";

const archive = (name: string) => archiveUnderTest(name === "from" ? "zstd" : "gzip", name);
const other = async (name: string) => ofAnotherKind(await archive(name));
const [one, two] = [await makeKeyPair(), await makeKeyPair()];
const encrypted = (name: string) => {
  const { identity, recipient } = name === "from" ? one : two;
  return archiveUnderTest("zstd", name, { identity, recipients: [recipient] });
};
const pairs = [
  ["an archive", archive, "an archive", archive],
  ["an archive", archive, "another kind", other],
  ["another kind", other, "an encrypted archive", encrypted],
  ["an encrypted archive", encrypted, "one for somebody else", encrypted],
] as const;

for (const [source, makeFrom, target, makeTo] of pairs) {
  copyContract(`from ${source} to ${target}`, async () => ({
    from: await makeFrom("from"),
    to: await makeTo("to"),
  }));
}

const ref = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };

/** Copies between two archives of the host `web01`, which may be made into something else. */
async function world(change: (usb: Repository) => Repository = (usb) => usb) {
  const about = await pointOperations();
  const { local, usb, context, deps: known, paths } = about;
  const deps = { ...known, ...about.copying, repositories: [local, change(usb)] };
  const copy = (over: Partial<CopyInput> = {}) =>
    copyPoint({ ...ref, from: "local", to: "usb", trigger: "manual", ...over }, deps, context);
  const at = (name: "local" | "usb", of = ref) => pointPaths(paths[name], of).point;
  return Object.assign(about, { deps, copy, at });
}

function notArchive(repository: Repository): Repository {
  return ofAnotherKind({ repository }).repository;
}

async function filesOf(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).filter((name) => name !== "manifest.json");
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), "base64")));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? ""]));
}

/** A volume stored in two passes, of which something went and something came meanwhile. */
function layLayered(root: string, scratch: string): void {
  const tree = join(scratch, "tree");
  mkdirSync(tree);
  for (const name of ["kept", "gone"]) writeFileSync(join(tree, name), name);
  layPoint(root, ref, [
    {
      kind: "volume",
      name: "data",
      tree,
      change: () => {
        rmSync(join(tree, "gone"));
        writeFileSync(join(tree, "new"), "new");
      },
      measure: () => ({ bytes: 7, files: 3 }),
    },
  ]);
}

test("between archives the very files arrive, private, and nothing else of the point changes", async () => {
  await using at = await world();
  layLayered(at.paths.local, join(at.paths.local, ".."));
  const result = await at.copy();
  expect(result).toMatchObject({ copied: true, way: "files" });
  expect(await filesOf(at.at("usb"))).toEqual(await filesOf(at.at("local")));
  for (const name of await readdir(at.at("usb"))) {
    expect((await stat(join(at.at("usb"), name))).mode & 0o777).toBe(0o600);
  }
  const manifestOf = async (name: "local" | "usb") =>
    JSON.parse(await readFile(join(at.at(name), "manifest.json"), "utf8"));
  const { copiedFrom, ...copied } = await manifestOf("usb");
  expect(copied).toEqual(await manifestOf("local"));
  expect(copiedFrom.repository).toBe("local");
});

test("between archives for the same recipients the very files arrive, though nobody here can open them", async () => {
  const from = await archiveUnderTest("zstd", "from", { recipients: [one.recipient] });
  const to = await archiveUnderTest("gzip", "to", { recipients: [one.recipient] });
  await using at = await world();
  await from.repository.open();
  await publishPoint(from.repository, ref);
  const deps = { ...at.deps, repositories: [from.repository, to.repository] };
  const input = { ...ref, from: "from", to: "to", trigger: "manual" };
  expect(await copyPoint(input, deps, at.context)).toMatchObject({ way: "files" });
  const files = await filesOf(pointPaths(from.root, ref).point);
  expect(Object.keys(files)).toEqual(["volume-data.tar.zst.age"]);
  expect(await filesOf(pointPaths(to.root, ref).point)).toEqual(files);
  const plain = { ...deps, repositories: [from.repository, at.usb] };
  const opening = copyPoint({ ...input, to: "usb" }, plain, at.context);
  await expect(opening).rejects.toMatchObject({ code: "WRONG_CREDENTIALS" });
  await from.dispose();
  await to.dispose();
});

test("into another kind a part of two passes arrives as of the second", async () => {
  await using at = await world(notArchive);
  layLayered(at.paths.local, join(at.paths.local, ".."));
  expect(await at.copy()).toMatchObject({ way: "contents", parts: [{ files: 3, bytes: 7 }] });
  const { manifest } = await at.usb.read(ref);
  expect(manifest.parts[0]?.archives.map(({ role }) => role)).toEqual(["hot"]);
  expect(manifest).toMatchObject({ freeze: "two-phase", parts: [{ deltaBytes: 0 }] });
});

test("says in which repository a point is that is not in the one it was to come from", async () => {
  await using at = await world();
  await publishPoint(at.local, ref);
  const refused = (backupId: string) =>
    expect(at.copy({ from: "usb", to: "local", backupId })).rejects;
  const code = "UNKNOWN_POINT";
  await refused(ref.backupId).toMatchObject({ code, hint: "it is in local" });
  await refused("latest").toMatchObject({ code, hint: "there are points of shop in local" });
});

test("what was known of a point of that id in the target is not said of its copy", async () => {
  await using at = await world();
  await publishPoint(at.local, ref);
  const check = { ...ref, at: "2026-11-20T03:00:00.000Z", ok: true, deep: false };
  for (const repository of ["local", "usb"])
    at.history.recordVerification({ ...check, repository });
  await at.copy();
  expect(at.history.verifications("shop")).toEqual([{ ...check, repository: "local" }]);
});

test("refuses what it is not given: one repository twice, unknown names, points that are not there", async () => {
  await using at = await world();
  await publishPoint(at.local, ref);
  const refused = (over: Partial<CopyInput>) => expect(at.copy(over)).rejects;
  await refused({ to: "local" }).toMatchObject({ code: "USAGE" });
  await refused({ to: "ubs" }).toMatchObject({
    code: "UNKNOWN_REPOSITORY",
    message: expect.stringContaining("ubs"),
  });
  await refused({ unit: "blog" }).toMatchObject({ code: "UNKNOWN_POINT" });
  await refused({ backupId: "2020-01-01" }).toMatchObject({ code: "UNKNOWN_POINT" });
  expect(at.history.recordedRuns).toEqual([]);
  await rm(at.paths.local, { recursive: true });
  await refused({}).toMatchObject({ code: "REPOSITORY_UNUSABLE" });
});

test.each([`repository/`, "unit/shop"])("refuses while another run holds %s…", async (prefix) => {
  await using at = await world();
  await publishPoint(at.local, ref);
  const name = prefix === "unit/shop" ? prefix : `${prefix}${at.paths.usb}`;
  await using _held = await at.deps.locks.acquire(name, "run", "backup of shop");
  await expect(at.copy()).rejects.toMatchObject({
    code: "LOCKED",
    message: expect.stringContaining("backup of shop"),
  });
});

const full = { totalBytes: 1e9, usedBytes: 1e9, freeBytes: 1000, fileSystem: "usb" };

test("says that there is no room before it begins", async () => {
  await using at = await world((usb) => ({ ...usb, space: async () => full }));
  await publishPoint(at.local, ref);
  await expect(at.copy()).rejects.toMatchObject({
    code: "NO_SPACE",
    message: expect.stringMatching(/usb has 1.0 kB free, point .* of shop needs about/),
  });
  expect(await readdir(join(at.paths.usb, "web01", "shop"))).toEqual([]);
});

test("says that there is no room to unpack", async () => {
  await using at = await world(notArchive);
  await publishPoint(at.local, ref);
  const capture = { ...realCapture(), space: async () => full };
  const deps = { ...at.deps, capture };
  const copying = copyPoint(
    { ...ref, from: "local", to: "usb", trigger: "manual" },
    deps,
    at.context,
  );
  await expect(copying).rejects.toMatchObject({
    code: "NO_SPACE",
    message: expect.stringContaining("unpacking"),
  });
});

test("a copy of what was unpacked with losses is none", async () => {
  await using at = await world(notArchive);
  await publishPoint(at.local, ref);
  const lossy: Repository = {
    ...at.local,
    read: async (of) => {
      const reader = await at.local.read(of);
      return {
        ...reader,
        extract: async (part, directory, activity) => {
          await reader.extract(part, directory, activity);
          activity.onWarning?.("cannot set xattr");
        },
      };
    },
  };
  const [, usb] = at.deps.repositories as [Repository, Repository];
  const deps = { ...at.deps, repositories: [lossy, usb] };
  const copying = copyPoint(
    { ...ref, from: "local", to: "usb", trigger: "manual" },
    deps,
    at.context,
  );
  await expect(copying).rejects.toMatchObject({
    code: "COPY_FAILED",
    message: expect.stringContaining("cannot set xattr"),
  });
  expect(await at.usb.list({})).toEqual([]);
});

test("warns where the repository is made anew although copies were there", async () => {
  await using at = await world();
  await publishPoint(at.local, ref);
  expect(await at.copy()).toMatchObject({ warnings: [] });
  await rm(at.paths.usb, { recursive: true });
  const again = await at.copy();
  expect(again.warnings).toEqual([expect.stringContaining("is its disk mounted?")]);
  expect(at.history.recordedRuns.at(-1)).toMatchObject({ operation: "copy", status: "warning" });
});
