import { execFileSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StoredEntry } from "../../domain/stored-entry.ts";
import type { Layers } from "../../ports/capture.ts";
import { storeHot } from "../../testing/layers.ts";
import { realCapture } from "../../testing/real-archive-repository.ts";

const capture = realCapture();
const odd = "n\xfc\n\"\\' -> x";
let root = "";
let layers: Layers = { hot: "" };
const at = (...parts: string[]) => join(root, ...parts);
const sh = (script: string) => execFileSync("sh", ["-euc", script], { cwd: root });

/** A tree stored at once, and the same in layers: `b` is gone, `a` is new, `late` came, `sub/kept` stayed. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "stackhold-contents-"));
  sh(`
    mkdir -p tree/sub/deep; cd tree
    echo first > a; echo gone > b; echo kept > sub/kept; ln sub/kept linked; ln sub/kept sub/deep/again
    ln -s 'x -> y' sub/sym; mkfifo pipe; truncate -s 1M sparse; printf odd > "$(printf 'n\\374\\n"\\\\'"' -> x")"
    chmod 4751 a; touch -d '2001-02-03 04:05:06.123456789 UTC' a sub/kept; mkdir empty; echo x > -dash`);
  const tree = { path: at("tree"), type: "directory", exclude: [] } as const;
  await capture.archive(tree, { file: at("hot.tar.zst"), compression: "zstd", level: 3 });
  sh("cp -a tree moving");
  const storing = storeHot(at("moving"), at("layered"));
  sh(`cd moving; rm b; echo second > a; echo late > late; ln -sfn elsewhere sub/sym`);
  layers = storing.finish();
});
afterAll(() => rmSync(root, { recursive: true }));

async function read(from: Layers, wanted: (name: string) => boolean = () => true) {
  const found = new Map<string, StoredEntry>();
  await capture.contents(from, wanted, (entries) => {
    for (const entry of entries) found.set(entry.name, entry);
  });
  return found;
}

async function poured(from: Layers, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  await capture.pour(from, name, async (bytes) => void chunks.push(bytes));
  return Buffer.concat(chunks).toString("latin1");
}

async function pouredFiles(from: Layers, names: string[]): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  await capture.pourFiles(from, new Set(names), (name, content) => {
    expect(files.has(name)).toBe(false);
    files.set(name, Buffer.from(content));
  });
  return files;
}

let count = 0;
async function picked(from: Layers, name: string): Promise<string> {
  count += 1;
  mkdirSync(at(`out-${count}`));
  const { path: entry, type } = await capture.pick(from, name, at(`out-${count}`));
  expect(type).toBe(lstatSync(entry).isDirectory() ? "directory" : "file");
  expect(readdirSync(at(`out-${count}`))).toEqual(["entry"]);
  return entry;
}

describe("reading what an archive holds", () => {
  it("tells every entry with its facts", async () => {
    const found = await read({ hot: at("hot.tar.zst") });
    expect([...found.keys()].sort()).toEqual(
      [
        ...["", "-dash", "a", "b", "empty", "linked", odd, "pipe", "sparse", "sub", "sub/deep"],
        ...["sub/deep/again", "sub/kept", "sub/sym"],
      ].sort(),
    );
    expect(found.get("a")).toMatchObject({
      ...{
        type: "f",
        mode: 0o4751,
        uid: process.getuid?.(),
        size: 6,
        mtime: "981173106.123456789",
      },
    });
    expect(found.get("sub/sym")).toMatchObject({ type: "l", target: "x -> y" });
    expect(found.get("sparse")).toMatchObject({ size: 1048576 });
    expect(found.get("pipe")).toMatchObject({ type: "p" });
    const names = ["linked", "sub/kept", "sub/deep/again"].map((name) => found.get(name));
    expect(names.map((entry) => entry?.size)).toEqual([5, 5, 5]);
    const first = names.find((entry) => entry?.hardLinkTo === undefined)?.name;
    expect(names.flatMap((entry) => entry?.hardLinkTo ?? [])).toEqual([first, first]);
  });

  it("asks for each name and hands over what is wanted", async () => {
    const found = await read({ hot: at("hot.tar.zst") }, (name) => name.startsWith("sub/"));
    expect([...found.keys()].sort()).toEqual(["sub/deep", "sub/deep/again", "sub/kept", "sub/sym"]);
  });

  it("tells of layers what was there at the freeze, links' targets included", async () => {
    const found = await read(layers);
    expect(found.has("b")).toBe(false);
    expect(found.get("a")).toMatchObject({ type: "f", size: 7 });
    expect(found.get("late")).toMatchObject({ size: 5 });
    expect(found.get("sub/sym")).toMatchObject({ type: "l", target: "elsewhere" });
    expect(found.has(odd)).toBe(true);
  });

  it("calls an archive damaged that cannot be read through", async () => {
    sh("head -c 200 hot.tar.zst > cut.tar.zst");
    await expect(read({ hot: at("cut.tar.zst") })).rejects.toMatchObject({ code: "POINT_DAMAGED" });
  });
});

describe("taking one entry out of an archive", () => {
  const hot = (): Layers => ({ hot: at("hot.tar.zst") });

  it.each(["a", "-dash", odd, "linked", "sub/deep/again", "sparse"])("pours %j", async (name) => {
    const file = Buffer.from(`${at("tree")}/${name}`, "latin1");
    expect(await poured(hot(), name)).toBe(readFileSync(file, "latin1"));
  });

  it("pours of layers what was there at the freeze", async () => {
    expect(await poured(layers, "a")).toBe("second\n");
    expect(await poured(layers, "late")).toBe("late\n");
    expect(await poured(layers, "sub/kept")).toBe("kept\n");
  });

  it("pours many files in one reading, each once, and nothing else", async () => {
    const wanted = ["a", "-dash", odd, "sparse", "linked", "sub/deep/again", "sub", "pipe", "gone"];
    const files = await pouredFiles(hot(), wanted);
    expect([...files.keys()].sort()).toEqual(wanted.slice(0, 6).sort());
    for (const [name, content] of files) {
      const file = Buffer.from(`${at("tree")}/${name}`, "latin1");
      expect(content.equals(readFileSync(file))).toBe(true);
    }
    const frozen = await pouredFiles(layers, ["a", "late", "sub/kept"]);
    expect(Object.fromEntries([...frozen].map(([name, text]) => [name, String(text)]))).toEqual({
      a: "second\n",
      late: "late\n",
      "sub/kept": "kept\n",
    });
  });

  it.each(["sub", "sub/sym", "pipe"])("does not pour %j", async (name) => {
    await expect(poured(hot(), name)).rejects.toMatchObject({ code: "USAGE" });
  });

  it("picks a file with its attributes", async () => {
    const { mode, mtimeNs } = statSync(await picked(hot(), "a"), { bigint: true });
    expect(Number(mode) & 0o7777).toBe(0o4751);
    expect(mtimeNs).toBe(981173106123456789n);
    expect(readFileSync(await picked(hot(), odd), "utf8")).toBe("odd");
    expect(readlinkSync(await picked(hot(), "sub/sym"))).toBe("x -> y");
    expect(lstatSync(await picked(hot(), "pipe")).isFIFO()).toBe(true);
  });

  it("picks a directory with all below it, and none of what lies beside it", async () => {
    const entry = await picked(hot(), "sub");
    expect(readdirSync(entry).sort()).toEqual(["deep", "kept", "sym"]);
    expect(readFileSync(join(entry, "deep", "again"), "utf8")).toBe("kept\n");
    const deep = await picked(hot(), "sub/deep");
    expect(readFileSync(join(deep, "again"), "utf8")).toBe("kept\n");
    expect(readdirSync(await picked(hot(), "")).sort()).toEqual(readdirSync(at("tree")).sort());
  });

  it("picks a directory of layers as it was at the freeze", async () => {
    const entry = await picked(layers, "sub");
    expect(readlinkSync(join(entry, "sym"))).toBe("elsewhere");
    expect(readFileSync(await picked(layers, "late"), "utf8")).toBe("late\n");
  });

  it("gives nothing back that was gone at the freeze, though the first pass has it", async () => {
    await expect(poured(layers, "b")).rejects.toMatchObject({ code: "UNKNOWN_PATH" });
    await expect(picked(layers, "b")).rejects.toMatchObject({ code: "UNKNOWN_PATH" });
    expect(await pouredFiles(layers, ["b"])).toEqual(new Map());
  });

  it("knows no path that is not stored, also not the beginning of one", async () => {
    for (const name of ["su", "sub/dee", "../tree/a"]) {
      await expect(poured(hot(), name)).rejects.toMatchObject({ code: "UNKNOWN_PATH" });
    }
  });
});
