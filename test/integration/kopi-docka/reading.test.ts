import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  kopiDockaPoints,
  readKopiDockaPoint,
} from "../../../src/adapters/kopia/kopi-docka/points.ts";
import type { Snapshot } from "../../../src/adapters/kopia/snapshots.ts";
import type { PartId } from "../../../src/domain/part.ts";
import type { StoredEntry } from "../../../src/domain/stored-entry.ts";
import type { PointReader } from "../../../src/ports/repository.ts";
import { anInspection } from "../../../src/testing/kopi-docka-recipe.ts";
import { run } from "../../bed/run.ts";
import { describeTree } from "../../fixtures/odd-tree/describe-tree.ts";
import { makeOddTree } from "../../fixtures/odd-tree/make-odd-tree.ts";
import {
  type KopiDockaRepository,
  makeKopiDockaRepository,
} from "../../support/kopi-docka-repository.ts";

/** Of 1.x, 2.x to 4.x, and since 5.0; the last one's time is only in its snapshots. */
const first = "2025-01-31T23-59-59Z";
const second = "6f1c7b0e-0d0e-4f6c-8a54-0d7f4a3f1c01";
const third = "f0a9d6f2-5f3c-4d3b-9d0e-1f6a5c2b7e02";
const elsewhere = "0c1d2e3f-aaaa-4bbb-8ccc-0123456789ab";

const volume: PartId = { kind: "volume", name: "data" };
const workingDir = "/opt/stacks/shop";

let repository: KopiDockaRepository;
let odd = "";
let plain = "";
let snapshots: Snapshot[] = [];
let policies = "";

/** What Kopia keeps of a tree: no special files, links of one name, names that are UTF-8. */
function makePlainTree(root: string): void {
  mkdirSync(join(root, "sub", "deep"), { recursive: true });
  writeFileSync(join(root, "text"), "some text\n");
  writeFileSync(join(root, "sub", "deep", "inner"), Buffer.alloc(300_000, "0123456789"));
  for (const name of ["new\nline", " blank ", "-dash", "ünïcödé 🙂", "a\\b", "*?"]) {
    writeFileSync(join(root, "sub", name), name);
  }
  mkdirSync(join(root, "sub", "two\nlines"));
  writeFileSync(join(root, "sub", "two\nlines", "inside"), "1");
  writeFileSync(join(root, "sparse"), "x");
  truncateSync(join(root, "sparse"), 8 << 20);
  symlinkSync("sub/deep", join(root, "link"));
  chownSync(join(root, "text"), 1234, 5678);
  chmodSync(join(root, "text"), 0o4751);
  chmodSync(join(root, "sub"), 0o3770);
  chownSync(root, 33, 44);
  chmodSync(root, 0o750);
  utimesSync(join(root, "text"), 981173106, 981173106);
}

const policyList = async () => (await repository.kopia(["policy", "list", "--json"])).trim();

beforeAll(async () => {
  repository = await makeKopiDockaRepository();
  odd = join(repository.scratch, "odd");
  plain = join(repository.scratch, "plain");
  await makeOddTree(odd);
  makePlainTree(plain);
  const mounts = [{ Type: "volume", Name: "shop_data", Source: "/v", Destination: "/data" }];
  const recipe = {
    "shop-web-1_inspect.json": JSON.stringify([anInspection({ mounts })]),
    "compose.yaml": "services: {web: {image: 'shop:1'}}\n",
    "compose_order.json": '["compose.yaml"]',
    "project-files/.env": "A=1\n",
  };
  const tags = (backup_id: string, timestamp = true) => ({
    unit: "shop",
    backup_id,
    ...(timestamp ? { timestamp: "2025-02-01T00:59:59.123456" } : {}),
  });
  const data = { type: "volume", volume: "shop_data", size_bytes: "1" };
  const { describe: describeFiles, stream, snapshot } = repository;
  await describeFiles(recipe, { ...tags(first), type: "recipe" });
  await stream(odd, "shop", "shop_data", { ...tags(first), ...data });
  await describeFiles(recipe, { ...tags(second), type: "recipe" });
  const since5 = { ...tags(third, false), backup_scope: "standard" };
  await describeFiles(recipe, { ...since5, type: "recipe", timestamp: "2026-11-20T02:00:00Z" });
  await snapshot(plain, { ...since5, ...data, backup_format: "direct" });
  const bind = { ...since5, type: "bind", bind_source: `${workingDir}/html` };
  await snapshot(plain, { ...bind, bind_destination: "/html", read_only: "false" });
  const alone = join(repository.scratch, "one.conf");
  writeFileSync(alone, "single\n", { mode: 0o640 });
  await snapshot(alone, { ...since5, type: "bind", bind_source: alone });
  const there = { ...since5, ...tags(elsewhere, false), backup_scope: "minimal" };
  await snapshot(plain, { ...there, ...data, backup_format: "direct" }, "web02");
  await snapshot(plain, { purpose: "a user's own" });
  await repository.kopia(["policy", "set", "--global", "--keep-latest=10", "--add-ignore=*.tmp"]);
  policies = await policyList();
  snapshots = await repository.snapshots();
});
afterAll(() => repository[Symbol.asyncDispose]());

const points = (filter = {}) => kopiDockaPoints(snapshots, filter, repository.deps);
const target = () => mkdtempSync(join(repository.scratch, "target-"));

async function open(backupId: string, host = "web01"): Promise<PointReader> {
  const ref = { host, unit: "shop", backupId };
  const reader = await readKopiDockaPoint(ref, snapshots, repository.deps);
  if (reader === undefined) throw new Error(`no point ${backupId}`);
  return reader;
}

async function extracted(reader: PointReader, part: PartId) {
  const directory = target();
  const warnings: string[] = [];
  const onWarning = (message: string) => void warnings.push(message);
  await reader.extract(part, directory, { onWarning });
  return { directory, warnings };
}

async function listed(reader: PointReader, part: PartId) {
  const found = new Map<string, StoredEntry>();
  const note = (entries: readonly StoredEntry[]) => {
    for (const entry of entries) found.set(entry.name, entry);
  };
  await reader.list(part, () => true, note, {});
  return found;
}

async function poured(reader: PointReader, part: PartId, path: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  await reader.pour(part, path, async (bytes) => void chunks.push(Buffer.from(bytes)), {});
  return Buffer.concat(chunks).toString("latin1");
}

/** Facts of entries without those that a format does not keep. */
function without(root: string, isLost: (fact: string, type: string) => boolean) {
  return Object.fromEntries(
    Object.entries(describeTree(root)).map(([name, text]) => {
      const [head = "", ...facts] = text.split(" | ");
      const [type = "", mode, owner, time] = head.split(" ");
      const kept = [type, mode, owner, `at ${time}`, ...facts];
      return [name, kept.filter((fact) => !isLost(fact ?? "", type)).join(" | ")];
    }),
  );
}

describe("points in the form of tar streams", () => {
  it("come back with everything but times and holes, which is said", async () => {
    const reader = await open(first);
    const { directory, warnings } = await extracted(reader, volume);
    const isLost = (fact: string) => fact.startsWith("at ") || /holes/.test(fact);
    expect(without(directory, isLost)).toEqual(without(odd, isLost));
    expect(warnings).toEqual([expect.stringContaining("volume:data: ")]);
    expect(warnings[0]).toContain("modification times");
  });

  it("tell what they hold, and give single entries back", async () => {
    const reader = await open(first);
    const entries = await listed(reader, volume);
    expect(entries.get("text")).toMatchObject({ type: "f", size: 10, mtime: "0.000000000" });
    expect(entries.get("dir/link upwards")).toMatchObject({ type: "l", target: "../../outside" });
    expect(await poured(reader, volume, "text")).toBe("some text\n");
    const { path } = await reader.fetch(volume, "dir", target(), {});
    expect(readFileSync(join(path, "inner"), "utf8")).toBe("inner\n");
    await expect(poured(reader, volume, "nowhere")).rejects.toMatchObject({ code: "UNKNOWN_PATH" });
    await expect(poured(reader, volume, "dir")).rejects.toMatchObject({ code: "USAGE" });
  });

  it("are handed out as the archives that they are", async () => {
    const directory = target();
    const [file] = await (await open(first)).handOut(volume, directory, {});
    expect(file).toMatchObject({ file: "volume-data.tar", role: "hot", compression: "none" });
    const archive = join(directory, "volume-data.tar");
    expect(statSync(archive).mode & 0o777).toBe(0o600);
    expect((await run(["sha256sum", archive])).stdout).toContain(file?.sha256);
    expect((await run(["tar", "-tf", archive])).stdout).toContain("./dir/inner\n");
  });
});

describe("points of direct snapshots", () => {
  const isLost = (fact: string, type: string) => fact.startsWith("at ") && type !== "f";

  it("come back with everything that Kopia keeps, and the rest is named", async () => {
    const reader = await open(third);
    const { directory, warnings } = await extracted(reader, volume);
    expect(without(directory, isLost)).toEqual(without(plain, isLost));
    expect(warnings).toEqual([expect.stringContaining("extended attributes, ACLs, hard links")]);
  });

  it("tell what they hold, and give single entries back", async () => {
    const reader = await open(third);
    const entries = await listed(reader, volume);
    const inTree = Object.keys(describeTree(plain)).length;
    expect(entries.size).toBe(inTree);
    expect(reader.manifest.parts.find(({ kind }) => kind === "volume")?.files).toBe(inTree);
    expect(entries.get("")).toMatchObject({ type: "d", mode: 0o750, uid: 33, gid: 44 });
    expect(entries.get("text")).toMatchObject({
      ...{ type: "f", mode: 0o4751, uid: 1234, gid: 5678, size: 10 },
      mtime: "981173106.000000000",
    });
    expect(entries.get("sub")).toMatchObject({ type: "d", mode: 0o3770 });
    expect(entries.get("link")).toMatchObject({ type: "l", target: "sub/deep" });
    expect(entries.get("sub/two\nlines/inside")).toMatchObject({ type: "f", size: 1 });
    const line = "sub/new\nline";
    expect(entries.get(line)).toMatchObject({ type: "f", size: 8 });
    expect(await poured(reader, volume, line)).toBe("new\nline");
    const { path, type } = await reader.fetch(volume, "sub/deep", target(), {});
    expect([type, readdirSync(path)]).toEqual(["directory", ["inner"]]);
    const alone = await reader.fetch(volume, "text", target(), {});
    expect([alone.type, statSync(alone.path).mode & 0o7777]).toEqual(["file", 0o4751]);
    for (const wrong of ["nowhere", "text/below", "../text"]) {
      const failed = reader.fetch(volume, wrong, target(), {});
      await expect(failed).rejects.toMatchObject({ code: "UNKNOWN_PATH" });
    }
    await expect(poured(reader, volume, "link")).rejects.toMatchObject({ code: "USAGE" });
  });

  it("tell of a directory what is in it, by few calls of Kopia", async () => {
    let calls = 0;
    const { client } = repository.deps;
    const counting: typeof client = {
      ...client,
      stream: (...args) => {
        calls += 1;
        return client.stream(...args);
      },
    };
    const ref = { host: "web01", unit: "shop", backupId: third };
    const deps = { ...repository.deps, client: counting };
    const reader = await readKopiDockaPoint(ref, snapshots, deps);
    const names: string[] = [];
    const inDeep = (name: string) => name.startsWith("sub/deep/");
    const note = (entries: readonly StoredEntry[]) => {
      names.push(...entries.map(({ name }) => name));
    };
    await reader?.list(volume, inDeep, note, {});
    expect([names, calls]).toEqual([["sub/deep/inner"], 2]);
  });

  it("tell what they hold where a name looks like a line of Kopia's list", async () => {
    const tree = target();
    const line = `-rw-r--r--            2 2026-11-22 00:31:28 UTC ${"0".repeat(32)}   fake`;
    writeFileSync(join(tree, `real\n${line.replaceAll("/", "_")}`), "1");
    const tags = { unit: "odd", backup_id: first, type: "volume", volume: "odd_data" };
    const direct = { backup_format: "direct", backup_scope: "minimal" };
    await repository.snapshot(tree, { ...tags, ...direct });
    const ref = { host: "web01", unit: "odd", backupId: first };
    const reader = await readKopiDockaPoint(ref, await repository.snapshots(), repository.deps);
    if (reader === undefined) throw new Error("no point");
    expect([...(await listed(reader, volume)).keys()]).toEqual(["", `real\n${line}`]);
  });

  it("are handed out as tar archives, with nothing beside them", async () => {
    const directory = target();
    const [file] = await (await open(third)).handOut(volume, directory, {});
    expect(readdirSync(directory)).toEqual(["volume-data.tar"]);
    const archive = join(directory, file?.file ?? "");
    const unpacked = target();
    await run(["tar", "-xpf", archive, "--numeric-owner", "-C", unpacked]);
    expect(without(unpacked, isLost)).toEqual(without(plain, isLost));
    const again = (await open(third)).handOut(volume, directory, {});
    await expect(again).rejects.toMatchObject({ code: "OUTPUT_UNWRITABLE" });
  });

  it("have project files and what is mounted from beside them in one tree", async () => {
    const reader = await open(third);
    const project: PartId = { kind: "project", name: "" };
    const { directory } = await extracted(reader, project);
    expect(readdirSync(directory).sort()).toEqual([".env", "compose.yaml", "html"]);
    expect(readFileSync(join(directory, ".env"), "utf8")).toBe("A=1\n");
    const html = join(directory, "html");
    expect(without(html, isLost)).toEqual(without(plain, isLost));
    const entries = await listed(reader, project);
    expect([...entries.keys()]).toEqual(expect.arrayContaining(["", ".env", "html", "html/text"]));
    expect(await poured(reader, project, "compose.yaml")).toContain("services");
    expect(await poured(reader, project, "html/text")).toBe("some text\n");
    const names = new Set(["compose.yaml", "html/text", "html", "nowhere"]);
    const files: string[] = [];
    await reader.pourFiles(project, names, (name) => void files.push(name), {});
    expect(files.sort()).toEqual(["compose.yaml", "html/text"]);
    const { path } = await reader.fetch(project, "", target(), {});
    expect(readdirSync(path).sort()).toEqual([".env", "compose.yaml", "html"]);
  });

  it("have single files as parts", async () => {
    const reader = await open(third);
    const part = reader.manifest.parts.find(({ kind }) => kind === "bind");
    expect(part).toMatchObject({ type: "file", bytes: 7, files: 1 });
    const id = part as PartId;
    const { directory } = await extracted(reader, id);
    expect(readdirSync(directory)).toEqual(["one.conf"]);
    expect(statSync(join(directory, "one.conf")).mode & 0o777).toBe(0o640);
    expect([...(await listed(reader, id)).keys()]).toEqual(["one.conf"]);
    const [file] = await reader.handOut(id, target(), {});
    expect(file?.bytes).toBeGreaterThan(0);
  });
});

describe("a repository that Kopi-Docka filled", () => {
  it("lists points by unit, run and host, newest first, and marks what is incomplete", async () => {
    const found = await points();
    expect(found.map((point) => [point.host, point.backupId, point.status, point.scope])).toEqual([
      ["web02", elsewhere, "complete", "minimal"],
      ["web01", third, "complete", "standard"],
      ["web01", second, "incomplete", "standard"],
      ["web01", first, "complete", "standard"],
    ]);
    expect(found[3]).toMatchObject({
      ...{ unit: "shop", kind: "stack", writtenBy: "kopi-docka", repository: "offsite" },
      createdAt: "2025-01-31T23:59:59.000Z",
    });
    const here = await points({ host: "WEB01.example.org", unit: "shop" });
    expect(here.map(({ backupId }) => backupId)).toEqual([third, second, first]);
    expect(await points({ unit: "blog" })).toEqual([]);
  });

  it("reads each recipe once for all listings", async () => {
    await points();
    const silent = {
      ...repository.deps.client,
      run: () => Promise.reject(new Error("read again")),
    };
    const again = await kopiDockaPoints(snapshots, {}, { ...repository.deps, client: silent });
    expect(again.map(({ status }) => status)).toContain("incomplete");
  });

  it.each([first, third])("is verified: %s", async (backupId) => {
    const reader = await open(backupId);
    for (const deep of [false, true]) expect(await reader.verify({ deep }, {})).toEqual([]);
  });

  it("refuses a whole point that lacks a part, and gives its others", async () => {
    const reader = await open(second);
    const problems = await reader.verify({ deep: false }, {});
    expect(problems).toMatchObject([{ part: "volume:data" }]);
    const project: PartId = { kind: "project", name: "" };
    expect(await reader.verify({ deep: true, parts: [project] }, {})).toEqual([]);
    const lost = reader.extract(volume, target(), {});
    await expect(lost).rejects.toMatchObject({ code: "POINT_DAMAGED" });
  });

  it("knows no other points", async () => {
    const ref = { host: "web02", unit: "shop", backupId: third };
    expect(await readKopiDockaPoint(ref, snapshots, repository.deps)).toBeUndefined();
    expect((await open(elsewhere, "web02")).manifest).toMatchObject({ host: "web02", members: [] });
  });

  it("finds a tar stream broken that ends before its time", async () => {
    const whole = join(target(), "whole.tar");
    await run(["tar", "-cf", whole, "-C", odd, "."]);
    const cut = target();
    writeFileSync(join(cut, "cut.tar"), readFileSync(whole).subarray(0, 100_000));
    const tags = { unit: "cut", backup_id: first, type: "volume", volume: "cut_data" };
    await repository.snapshot(cut, { ...tags, backup_scope: "minimal" });
    const ref = { host: "web01", unit: "cut", backupId: first };
    const reader = await readKopiDockaPoint(ref, await repository.snapshots(), repository.deps);
    expect(await reader?.verify({ deep: false }, {})).toEqual([]);
    expect(await reader?.verify({ deep: true }, {})).toMatchObject([{ part: "volume:data" }]);
    await expect(reader?.extract(volume, target(), {})).rejects.toMatchObject({
      code: expect.stringMatching("TOOL_FAILED|POINT_DAMAGED"),
    });
  });

  it("is left as it was", async () => {
    const name = ({ id, pins, tags }: Snapshot) => JSON.stringify([id, pins, tags]);
    const now = (await repository.snapshots()).map(name);
    expect(now).toEqual(expect.arrayContaining(snapshots.map(name)));
    expect(await policyList()).toBe(policies);
    expect(readdirSync(join(repository.deps.stateDir, "reading"))).toEqual([]);
  });
});
