import { randomBytes } from "node:crypto";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Capture, Tree } from "./capture.ts";
import { swapping } from "./swapping.contract.ts";

const asTree = (path: string, exclude: string[] = []): Tree => ({
  path,
  type: "directory",
  exclude,
});
const content = (path: string) => readFileSync(path, "utf8");

/** What every Capture does. It needs no privileges beyond those of whoever runs it. */
export function captureContract(name: string, make: () => Capture): void {
  describe(`${name}, as a Capture`, () => {
    const capture = make();
    let root = "";
    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), "stackhold-capture-"));
      mkdirSync(join(root, "tree", "sub"), { recursive: true });
      writeFileSync(join(root, "tree", "a"), "aaa");
      writeFileSync(join(root, "tree", "sub", "b"), "bb");
    });
    afterEach(() => rmSync(root, { recursive: true }));
    const at = (...parts: string[]) => join(root, ...parts);
    const zstd = (file: string) => ({ file, compression: "zstd" as const, level: 3 });

    async function unpack(file: string): Promise<string> {
      mkdirSync(at("out"));
      await capture.extract({ hot: file }, at("out"));
      return at("out");
    }

    describe("looking", () => {
      it("tells what lies at a path, through symbolic links", async () => {
        symlinkSync("tree", at("link"));
        symlinkSync("nowhere", at("dangling"));
        expect(await capture.probe(at("link"))).toEqual({
          type: "directory",
          realPath: at("tree"),
        });
        expect(await capture.probe(at("link", "a"))).toMatchObject({ type: "file" });
        expect(await capture.probe(at("dangling"))).toMatchObject({ type: "missing" });
        expect(await capture.probe(at("tree", "a", "x"))).toMatchObject({ type: "missing" });
      });

      it("tells the space at a path that is not there yet", async () => {
        const [here, there] = [await capture.space(root), await capture.space(at("not", "yet"))];
        expect(there.fileSystem).toBe(here.fileSystem);
        expect(there.totalBytes).toBe(here.totalBytes);
        expect(here.freeBytes).toBeLessThanOrEqual(here.totalBytes - here.usedBytes);
      });

      it("counts entries, the root included, and the bytes of each file once", async () => {
        linkSync(at("tree", "a"), at("tree", "again"));
        expect(await capture.measure(asTree(at("tree")))).toEqual({
          files: 5,
          bytes: 5,
          allocatedBytes: 5,
        });
        const file: Tree = { path: at("tree", "a"), type: "file", exclude: [] };
        expect(await capture.measure(file)).toEqual({ files: 1, bytes: 3, allocatedBytes: 3 });
      });

      it("refuses to measure what is not there", async () => {
        const gone = capture.measure(asTree(at("gone")));
        await expect(gone).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });
      });

      it("names what a target lacks, topmost only, and what differs", async () => {
        mkdirSync(at("target"));
        writeFileSync(at("target", "a"), "AAA");
        writeFileSync(at("target", "more"), "");
        const odd = Buffer.concat([Buffer.from(at("tree", "caf")), Buffer.from([0xe9])]);
        writeFileSync(odd, "");
        expect(await capture.compare(at("tree"), at("target"))).toEqual({
          missing: ["sub"],
          unnameable: ["caf\uFFFD"],
          differing: ["a"],
        });
        writeFileSync(at("target", "ab"), "AB");
        writeFileSync(at("tree", "ab"), "ab");
        const unread = await capture.compare(at("tree"), at("target"), ["a"]);
        expect(unread.differing).toEqual(["ab"]);
        expect(await capture.compare(at("tree"), at("tree"))).toEqual({
          missing: [],
          unnameable: [],
          differing: [],
        });
      });
    });

    describe("archiving", () => {
      it("brings a tree back with modes, times, links and holes", async () => {
        chmodSync(at("tree", "a"), 0o4751);
        linkSync(at("tree", "a"), at("tree", "again"));
        symlinkSync("a", at("tree", "link"));
        writeFileSync(at("tree", "sparse"), "");
        truncateSync(at("tree", "sparse"), 10_000_000);
        utimesSync(at("tree", "sub"), 1.5, 1.5);
        const outcome = await capture.archive(asTree(at("tree")), zstd(at("x.tar")));
        expect(outcome).toMatchObject({ files: 7, bytes: 10_000_005, unsteady: [] });
        expect(outcome.allocatedBytes).toBeLessThan(100_000);
        const out = await unpack(at("x.tar"));
        expect(readdirSync(out)).toEqual(readdirSync(at("tree")));
        expect(statSync(join(out, "a")).mode & 0o7777).toBe(0o4751);
        expect(statSync(join(out, "a")).ino).toBe(statSync(join(out, "again")).ino);
        expect(lstatSync(join(out, "link")).isSymbolicLink()).toBe(true);
        expect(statSync(join(out, "sub")).mtimeMs).toBe(1500);
        expect(statSync(join(out, "sparse")).blocks).toBeLessThan(100);
      });

      it("writes a private file, and counts the same when it reads it back", async () => {
        await capture.archive(asTree(at("tree")), zstd(at("x.tar")));
        expect(statSync(at("x.tar")).mode & 0o777).toBe(0o600);
        expect(await capture.inspect(at("x.tar"))).toEqual({ files: 4, bytes: 5 });
      });

      it("stores a single file under its own name", async () => {
        const file: Tree = { path: at("tree", "a"), type: "file", exclude: [] };
        const outcome = await capture.archive(file, zstd(at("x.tar")));
        expect(outcome).toMatchObject({ files: 1, bytes: 3 });
        expect(readdirSync(await unpack(at("x.tar")))).toEqual(["a"]);
      });

      it("leaves safety copies out, at any depth, with excludes and without", async () => {
        mkdirSync(at("tree", "sub", ".stackhold-safety", "x"), { recursive: true });
        for (const exclude of [[], ["a"]]) {
          const outcome = await capture.archive(asTree(at("tree"), exclude), zstd(at("x.tar")));
          expect(outcome.files).toBe(exclude.length === 0 ? 4 : 3);
          expect(readdirSync(join(await unpack(at("x.tar")), "sub"))).toEqual(["b"]);
          rmSync(at("out"), { recursive: true });
          rmSync(at("x.tar"));
        }
      });

      it("leaves out what gitignore patterns say, with everything below it", async () => {
        for (const file of ["Cache", "x.log", "keep.log"]) writeFileSync(at("tree", file), "");
        mkdirSync(at("tree", "sub", "cache", "deep"), { recursive: true });
        const exclude = ["*.log", "!keep.log", "cache/"];
        const outcome = await capture.archive(asTree(at("tree"), exclude), zstd(at("x.tar")));
        expect(outcome).toEqual({
          unsteady: [],
          ...(await capture.measure(asTree(at("tree"), exclude))),
        });
        const out = await unpack(at("x.tar"));
        expect(readdirSync(out).sort()).toEqual(["Cache", "a", "keep.log", "sub"]);
        expect(readdirSync(join(out, "sub"))).toEqual(["b"]);
      });

      it("fails on a source that is not there and leaves nothing behind", async () => {
        const gone = capture.archive(asTree(at("gone")), zstd(at("x.tar")));
        await expect(gone).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });
        const file: Tree = { path: at("gone file"), type: "file", exclude: [] };
        const lost = capture.archive(file, zstd(at("x.tar")));
        await expect(lost).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });
        expect(readdirSync(root)).toEqual(["tree"]);
      });

      it("never writes over a file", async () => {
        writeFileSync(at("x.tar"), "precious");
        const refused = capture.archive(asTree(at("tree")), zstd(at("x.tar")));
        await expect(refused).rejects.toMatchObject({ code: "TOOL_FAILED" });
        expect(content(at("x.tar"))).toBe("precious");
      });

      it("leaves nothing behind when it is cancelled", async () => {
        const abort = new AbortController();
        writeFileSync(at("tree", "large"), randomBytes(80_000_000));
        const activity = { signal: abort.signal, onProgress: () => abort.abort() };
        const target = { file: at("x.tar"), compression: "zstd" as const, level: 19 };
        const work = capture.archive(asTree(at("tree")), target, activity);
        await expect(work).rejects.toMatchObject({ code: "CANCELLED" });
        expect(readdirSync(root)).toEqual(["tree"]);
      });

      it("refuses a broken archive, to unpack and to inspect", async () => {
        await capture.archive(asTree(at("tree")), zstd(at("x.tar")));
        truncateSync(at("x.tar"), statSync(at("x.tar")).size - 10);
        await expect(capture.inspect(at("x.tar"))).rejects.toMatchObject({ code: "TOOL_FAILED" });
        await expect(unpack(at("x.tar"))).rejects.toMatchObject({ code: "TOOL_FAILED" });
      });
    });

    describe("writing", () => {
      it("makes a private file, and replaces one with its mode", async () => {
        await capture.write(at("made"), "first");
        expect([content(at("made")), statSync(at("made")).mode & 0o777]).toEqual(["first", 0o600]);
        chmodSync(at("made"), 0o640);
        await capture.write(at("made"), "second");
        expect([content(at("made")), statSync(at("made")).mode & 0o777]).toEqual(["second", 0o640]);
        expect(readdirSync(root)).toEqual(["made", "tree"]);
      });

      it("gives what is staged the mode that it would have at its place", async () => {
        await capture.write(at("staged"), "new", at("tree", "new"));
        expect([content(at("staged")), statSync(at("staged")).mode & 0o777]).toEqual([
          "new",
          0o600,
        ]);
        chmodSync(at("tree", "a"), 0o644);
        await capture.write(at("staged"), "again", at("tree", "a"));
        expect([content(at("tree", "a")), statSync(at("staged")).mode & 0o777]).toEqual([
          "aaa",
          0o644,
        ]);
      });

      it("replaces a symbolic link and leaves alone what it leads to", async () => {
        symlinkSync("tree/a", at("link"));
        await capture.write(at("link"), "new");
        expect([content(at("link")), content(at("tree", "a"))]).toEqual(["new", "aaa"]);
        expect(lstatSync(at("link")).isFile()).toBe(true);
      });

      it("lays out private files that give the same archive every time", async () => {
        const files = [
          { path: "compose/deep/one.yaml", content: "services: {}" },
          { path: "two", content: Uint8Array.of(0, 255) },
        ];
        const archives: Buffer[] = [];
        for (const place of ["first", "second"]) {
          await capture.layOut(at(place), files);
          const archived = `${place}.tar.zst`;
          await capture.archive(asTree(at(place)), zstd(at(archived)));
          archives.push(readFileSync(at(archived)));
        }
        expect(archives[1]?.equals(archives[0] ?? Buffer.alloc(0))).toBe(true);
        expect([...readFileSync(at("first", "two"))]).toEqual([0, 255]);
        const modes = [".", "compose", "compose/deep/one.yaml", "two"].map(
          (path) => statSync(at("first", path)).mode & 0o777,
        );
        expect(modes).toEqual([0o700, 0o700, 0o600, 0o600]);
        const again = capture.layOut(at("first"), files);
        await expect(again).rejects.toMatchObject({ code: "TOOL_FAILED" });
      });

      it("says what it cannot write", async () => {
        const nowhere = capture.write(at("no", "where"), "");
        await expect(nowhere).rejects.toMatchObject({ code: "TOOL_FAILED" });
      });
    });

    swapping(capture, at);
  });
}
