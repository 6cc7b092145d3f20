import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ArchiveFile, StoredPart } from "../domain/manifest.ts";
import type { PartId } from "../domain/part.ts";
import type { StoredEntry } from "../domain/stored-entry.ts";
import type { ErrorCode } from "../errors.ts";
import { aManifest } from "../testing/manifest.ts";
import type {
  HandOut,
  PartSource,
  PendingPart,
  PointRef,
  PointWriter,
  Repository,
} from "./repository.ts";
import type { RepositoryUnderTest } from "./repository-under-test.ts";

const first = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const second = { ...first, backupId: "2026-11-21T02-00-00Z" };
const elsewhere = { ...first, host: "web02" };
const other = { ...first, unit: "blog" };
const data: PartId = { kind: "volume", name: "data" };
const bind: PartId = { kind: "bind", name: "/srv/shop/uploads" };

/** What every kind of repository promises, as ports/repository.ts says it. */
export function repositoryContract(
  name: string,
  makeRepository: () => Promise<RepositoryUnderTest>,
): void {
  describe(`a repository: ${name}`, () => {
    let under: RepositoryUnderTest;
    let repository: Repository;
    let scratch: string;

    beforeEach(async () => {
      scratch = await mkdtemp(join(tmpdir(), "stackhold-contract-"));
      under = await makeRepository();
      repository = under.repository;
      await repository.open();
    });
    afterEach(async () => {
      await under.dispose();
      await rm(scratch, { recursive: true, force: true });
    });

    const treeOf = async (text: string): Promise<PartSource["tree"]> => {
      const path = await mkdtemp(join(scratch, "source-"));
      await mkdir(join(path, "inner"));
      await writeFile(join(path, "inner", "file"), text);
      return { path, type: "directory", exclude: [] };
    };
    const store = async (writer: PointWriter, part: PartId, text: string): Promise<PendingPart> =>
      writer.store({ ...part, source: part.name, tree: await treeOf(text) }, {});
    const publish = async (ref: PointRef, text = "content"): Promise<void> => {
      const writer = await repository.begin(ref);
      const pending = await store(writer, data, text);
      await writer.publish(aManifest(ref, [await pending.settle()]));
    };
    const extracted = async (ref: PointRef, part: PartId): Promise<string> => {
      const target = await mkdtemp(join(scratch, "target-"));
      await (await repository.read(ref)).extract(part, target, {});
      return readFile(join(target, "inner", "file"), "utf8");
    };
    const ids = async (): Promise<string[]> =>
      (await repository.list({})).map(({ host, unit, backupId }) => `${host} ${unit} ${backupId}`);
    const refused = async (work: Promise<unknown>, code: ErrorCode): Promise<void> => {
      await expect(work).rejects.toMatchObject({ code });
    };

    test("gives back what it was given", async () => {
      await publish(first, "what it was given");
      expect(await extracted(first, data)).toBe("what it was given");
      const { manifest } = await repository.read(first);
      expect(manifest).toMatchObject({ unit: "shop", backupId: first.backupId });
      const [part] = manifest.parts;
      expect(part).toMatchObject({ ...data, type: "directory", bytes: 17, files: 3 });
    });

    test("tells what a part holds, and gives single entries back", async () => {
      await publish(first, "what it was given");
      const reader = await repository.read(first);
      const paths: string[] = [];
      const note = (entries: readonly StoredEntry[]) => {
        paths.push(...entries.map(({ name: path, type, size }) => `${type} ${size} ${path}`));
      };
      await reader.list(data, (path) => path !== "inner", note, {});
      expect(paths.sort()).toEqual(["d 0 ", "f 17 inner/file"]);
      const chunks: Uint8Array[] = [];
      const keep = async (bytes: Uint8Array) => void chunks.push(bytes);
      await reader.pour(data, "inner/file", keep, {});
      expect(Buffer.concat(chunks).toString()).toBe("what it was given");
      const poured: string[] = [];
      const give = (name: string, content: Uint8Array) => {
        poured.push(`${name}: ${Buffer.from(content)}`);
      };
      await reader.pourFiles(data, new Set(["inner/file", "inner", "none"]), give, {});
      expect(poured).toEqual(["inner/file: what it was given"]);
      const target = await mkdtemp(join(scratch, "target-"));
      const { path, type } = await reader.fetch(data, "inner", target, {});
      expect(type).toBe("directory");
      expect(await readFile(join(path, "file"), "utf8")).toBe("what it was given");
      await refused(reader.pour(data, "inner/fil", keep, {}), "UNKNOWN_PATH");
      await refused(reader.fetch(data, "../inner", target, {}), "UNKNOWN_PATH");
      await refused(
        reader.list(bind, () => true, note, {}),
        "UNKNOWN_PART",
      );
    });

    test("hands out a part's files for its owner alone, and keeps its own", async () => {
      await publish(first, "what it was given");
      const reader = await repository.read(first);
      const target = await mkdtemp(join(scratch, "target-"));
      const files = await reader.handOut(data, target, {});
      expect(files.map(({ role }) => role)).toEqual(["hot"]);
      for (const { file, bytes, sha256 } of files) {
        const content = await readFile(join(target, file));
        expect(createHash("sha256").update(content).digest("hex")).toBe(sha256);
        expect({ bytes, mode: (await stat(join(target, file))).mode & 0o777 }).toEqual({
          bytes: content.length,
          mode: 0o600,
        });
        await writeFile(join(target, file), "changed");
      }
      expect(await reader.verify({ deep: false }, {})).toEqual([]);
      await refused(reader.handOut(data, target, {}), "OUTPUT_UNWRITABLE");
      await refused(reader.handOut(data, join(target, "nowhere"), {}), "OUTPUT_UNWRITABLE");
      await refused(reader.handOut(bind, target, {}), "UNKNOWN_PART");
      const elsewhere = await mkdtemp(join(scratch, "target-"));
      const cancelled = reader.handOut(data, elsewhere, { signal: AbortSignal.abort() });
      await refused(cancelled, "CANCELLED");
    });

    test("gives a part that is a single file back under one name, which its list tells", async () => {
      const path = join((await treeOf("of a file")).path, "inner", "file");
      const writer = await repository.begin(first);
      const tree = { path, type: "file", exclude: [] } as const;
      const pending = await writer.store({ ...bind, source: "/srv/by another name", tree }, {});
      await writer.publish(aManifest(first, [await pending.settle()]));
      const reader = await repository.read(first);
      expect(reader.manifest.parts).toMatchObject([{ type: "file", bytes: 9, files: 1 }]);
      const names: string[] = [];
      const note = (entries: readonly StoredEntry[]) => {
        names.push(...entries.map(({ name: each }) => each));
      };
      await reader.list(bind, (each) => each !== "", note, {});
      expect(names).toEqual(["file"]);
      const target = await mkdtemp(join(scratch, "target-"));
      await reader.extract(bind, target, {});
      expect(await readFile(join(target, "file"), "utf8")).toBe("of a file");
    });

    test("adopts a part by the files of another point, unless one has changed on the way", async () => {
      await publish(first, "handed on");
      const reader = await repository.read(first);
      const [part] = reader.manifest.parts as [StoredPart];
      const writer = await repository.begin(second);
      const { adopt } = writer;
      if (adopt === undefined) {
        expect(repository.kind).not.toBe("archive");
        return writer.discard();
      }
      const damaged = adopt.part(
        part,
        async (directory) => {
          const files = await reader.handOut(part, directory, {});
          const [{ file, bytes }] = files as [ArchiveFile];
          await writeFile(join(directory, file), Buffer.alloc(bytes));
          return files;
        },
        {},
      );
      await refused(damaged, "POINT_DAMAGED");
      const handOut: HandOut = (directory) => reader.handOut(part, directory, {});
      const adopted = await adopt.part(part, handOut, {});
      await expect(adopt.part(part, handOut, {})).rejects.toThrow("stored already");
      const cancelled = adopt.part({ ...part, ...bind }, handOut, { signal: AbortSignal.abort() });
      await refused(cancelled, "CANCELLED");
      await writer.publish(aManifest(second, [adopted]));
      expect(await extracted(second, data)).toBe("handed on");
      await repository.remove(first);
      expect(await (await repository.read(second)).verify({ deep: true }, {})).toEqual([]);
    });

    test("is there from its first opening on", async () => {
      const { repository: fresh, dispose } = await makeRepository();
      expect(await fresh.exists()).toBe(false);
      await fresh.open();
      expect(await fresh.exists()).toBe(true);
      await dispose();
    });

    test("can be opened again and again", async () => {
      await publish(first);
      await repository.open();
      expect(await ids()).toEqual([`web01 shop ${first.backupId}`]);
    });

    test("lists newest first, with its figures", async () => {
      for (const ref of [first, second]) await publish(ref);
      const points = await repository.list({});
      expect(points.map((point) => point.backupId)).toEqual([second.backupId, first.backupId]);
      expect(points[0]).toMatchObject({
        repository: repository.name,
        createdAt: "2026-11-21T02:00:00.000Z",
        scope: "standard",
        kind: "stack",
        status: "complete",
        bytes: 7,
        pinned: false,
      });
      expect(points[0]?.storedBytes).toBeGreaterThan(0);
    });

    test("lists one host or one unit", async () => {
      for (const ref of [first, elsewhere, other]) await publish(ref);
      const listed = async (filter: { host?: string; unit?: string }) =>
        (await repository.list(filter)).map(({ host, unit }) => `${host}/${unit}`).sort();
      expect(await listed({})).toEqual(["web01/blog", "web01/shop", "web02/shop"]);
      expect(await listed({ host: "web02" })).toEqual(["web02/shop"]);
      expect(await listed({ unit: "blog" })).toEqual(["web01/blog"]);
      expect(await listed({ host: "web02", unit: "blog" })).toEqual([]);
      expect(await listed({ host: "nobody" })).toEqual([]);
    });

    test("shows nothing of a point before it is published", async () => {
      const writer = await repository.begin(first);
      const stored = await (await store(writer, data, "text")).settle();
      expect(await ids()).toEqual([]);
      await refused(repository.read(first), "UNKNOWN_POINT");
      await writer.publish(aManifest(first, [stored]));
      expect(await ids()).toHaveLength(1);
    });

    test("stores several parts at once", async () => {
      const writer = await repository.begin(first);
      const pending = await Promise.all([store(writer, data, "one"), store(writer, bind, "two")]);
      const parts = await Promise.all(pending.map((part) => part.settle()));
      await writer.publish(aManifest(first, parts));
      expect([await extracted(first, data), await extracted(first, bind)]).toEqual(["one", "two"]);
    });

    test("forgets what is discarded, and takes the id again", async () => {
      const writer = await repository.begin(first);
      await store(writer, data, "never settled");
      await writer.discard();
      await writer.discard();
      expect(await ids()).toEqual([]);
      await publish(first, "second attempt");
      expect(await extracted(first, data)).toBe("second attempt");
    });

    test("discarding after publication does nothing", async () => {
      const writer = await repository.begin(first);
      const part = await (await store(writer, data, "kept")).settle();
      await writer.publish(aManifest(first, [part]));
      await writer.discard();
      expect(await extracted(first, data)).toBe("kept");
    });

    test("a source that cannot be read leaves the point usable", async () => {
      const writer = await repository.begin(first);
      const tree = { path: join(scratch, "nowhere"), type: "directory", exclude: [] } as const;
      const gone = writer.store({ ...bind, source: "nowhere", tree }, {});
      await expect(gone).rejects.toThrow("nowhere");
      const part = await (await store(writer, data, "still fine")).settle();
      await writer.publish(aManifest(first, [part]));
      expect(await extracted(first, data)).toBe("still fine");
    });

    test("a cancelled store ends as cancelled", async () => {
      const writer = await repository.begin(first);
      const source = { ...data, source: "data", tree: await treeOf("text") };
      await refused(writer.store(source, { signal: AbortSignal.abort() }), "CANCELLED");
      await writer.discard();
      expect(await ids()).toEqual([]);
    });

    test("never has two points of one id", async () => {
      await publish(first, "the only one");
      await refused(repository.begin(first), "BACKUP_FAILED");
      const writer = await repository.begin(second);
      await refused(repository.begin(second), "BACKUP_FAILED");
      await writer.discard();
      expect(await extracted(first, data)).toBe("the only one");
    });

    test("sweeps what dead runs of this host left, and nothing else", async () => {
      await publish(first);
      await under.leavePartial(second);
      await under.leavePartial({ ...second, host: "web02" });
      const living = await repository.begin(other);
      const pending = await store(living, data, "living");
      expect(await repository.sweep("web01")).toEqual([second]);
      expect(await repository.sweep("web01")).toEqual([]);
      await living.publish(aManifest(other, [await pending.settle()]));
      expect((await ids()).sort()).toEqual([
        `web01 blog ${other.backupId}`,
        `web01 shop ${first.backupId}`,
      ]);
      await publish(second);
    });

    test("lists a damaged point as damaged, and opens it as such", async () => {
      for (const ref of [first, second]) await publish(ref);
      await under.damageManifest(second);
      const points = await repository.list({ unit: "shop" });
      expect(points.map((point) => point.status)).toEqual(["damaged", "complete"]);
      await refused(repository.read(second), "POINT_DAMAGED");
    });

    test("lists a newer point as newer, and neither opens nor removes it", async () => {
      await publish(first);
      await under.makeNewer(first);
      expect(await repository.list({})).toMatchObject([{ ...first, status: "newer" }]);
      await refused(repository.read(first), "NEWER_FORMAT");
      await refused(repository.remove(first), "NEWER_FORMAT");
      await refused(repository.pin(first, true), "NEWER_FORMAT");
    });

    test("refuses points and parts that are not there", async () => {
      await publish(first);
      await refused(repository.read(second), "UNKNOWN_POINT");
      await refused(repository.remove(second), "UNKNOWN_POINT");
      await refused(repository.pin(second, true), "UNKNOWN_POINT");
      await refused(repository.pin({ ...first, backupId: "../shop" }, true), "UNKNOWN_POINT");
      await refused(repository.read({ ...first, backupId: "../shop" }), "UNKNOWN_POINT");
      await refused(repository.read({ ...first, unit: ".." }), "UNKNOWN_POINT");
      await refused(extracted(first, bind), "UNKNOWN_PART");
    });

    test("removes a point and no other", async () => {
      for (const ref of [first, second, other]) await publish(ref);
      await under.damageManifest(other);
      expect((await repository.remove(first)).freedBytes).toBeGreaterThan(0);
      await repository.remove(other);
      expect(await ids()).toEqual([`web01 shop ${second.backupId}`]);
      expect(await extracted(second, data)).toBe("content");
    });

    test("keeps a pinned point until it is unpinned, and lists it as such", async () => {
      for (const ref of [first, second, other]) await publish(ref);
      await under.damageManifest(other);
      const pinned = async () =>
        (await repository.list({})).filter((p) => p.pinned).map((p) => `${p.unit} ${p.backupId}`);
      for (const ref of [first, first, other]) await repository.pin(ref, true);
      expect((await pinned()).sort()).toEqual([`blog ${other.backupId}`, `shop ${first.backupId}`]);
      await refused(repository.remove(first), "POINT_PINNED");
      expect(await extracted(first, data)).toBe("content");
      expect(await (await repository.read(first)).verify({ deep: true }, {})).toEqual([]);
      for (const ref of [first, first, second]) await repository.pin(ref, false);
      expect(await pinned()).toEqual([`blog ${other.backupId}`]);
      await repository.remove(first);
      expect((await ids()).sort()).toEqual([
        `web01 blog ${other.backupId}`,
        `web01 shop ${second.backupId}`,
      ]);
    });

    test.each([false, true])("finds nothing wrong with a good point (deep: %s)", async (deep) => {
      await publish(first);
      const amounts: number[] = [];
      const onProgress = ({ bytes }: { readonly bytes: number }) => amounts.push(bytes);
      const reader = await repository.read(first);
      expect(await reader.verify({ deep }, { onProgress })).toEqual([]);
      expect(amounts.at(-1)).toBe(reader.manifest.parts[0]?.storedBytes);
    });

    test("names the part whose bytes have changed, and extracts the others", async () => {
      const writer = await repository.begin(first);
      const pending = [await store(writer, data, "one"), await store(writer, bind, "two")];
      const parts = await Promise.all(pending.map((part) => part.settle()));
      await writer.publish(aManifest(first, parts));
      await under.corrupt(first, data);
      const problems = await (await repository.read(first)).verify({ deep: true }, {});
      expect(problems.map((problem) => problem.part)).toEqual(["volume:data"]);
      const reader = await repository.read(first);
      expect(await reader.verify({ deep: true, parts: [bind] }, {})).toEqual([]);
      expect(await extracted(first, bind)).toBe("two");
    });

    test.each([".", "..", "latest", "a/../../b", ".partial-x", "50%", "x".repeat(300), "ü\n"])(
      "keeps a unit and a host called %j inside",
      async (strange) => {
        const ref = { ...first, unit: strange, host: strange };
        await publish(ref, "inside");
        expect(await repository.list({})).toMatchObject([{ ...ref, status: "complete" }]);
        expect(await extracted(ref, data)).toBe("inside");
        await repository.remove(ref);
        expect(await ids()).toEqual([]);
      },
    );
  });
}
