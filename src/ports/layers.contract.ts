import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ListedEntry, parseListedEntry } from "../domain/listing.ts";
import { type Compression, compressions } from "../domain/manifest.ts";
import { compressed, storeHot, writeListing, writeNames } from "../testing/layers.ts";
import type { Capture, Layers } from "./capture.ts";

/** What every Capture does with a part that was stored in two passes. Needs no privileges. */
export function layersContract(name: string, make: () => Capture): void {
  // They start many programs.
  describe(`${name}, with a part stored in two passes`, { timeout: 60_000 }, () => {
    const capture = make();
    let root = "";
    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), "stackhold-layers-"));
      for (const directory of ["tree", "out", "outside"]) mkdirSync(join(root, directory));
      writeFileSync(join(root, "outside", "precious"), "precious");
      sh(`cd tree; mkdir d e; echo a >a; echo x >d/x; echo y >e/y; ln -s d link; ln -s "${root}/outside" away
          touch -d '2001-02-03 04:05:06.123456789 UTC' d a .; touch -d '1965-01-01 00:00:00.5 UTC' e`);
    });
    afterEach(() => {
      const outside = [readFileSync(at("outside", "precious"), "utf8"), sh("ls outside")];
      rmSync(root, { recursive: true });
      expect(outside).toEqual(["precious", "precious\n"]);
    });
    const at = (...parts: string[]) => join(root, ...parts);
    function sh(script: string): string {
      return execFileSync("/bin/sh", ["-euc", script], { cwd: root }).toString();
    }
    /** Everything but inodes, and contents. */
    function look(path: string): string {
      const format = "%p %y %m %U:%G %s %T@ %n %l\\n";
      const all = execFileSync(
        "find",
        [".", "-type", "d", "-printf", "%p %m %U:%G %T@\\n", "-o", "-printf", format],
        { cwd: path },
      );
      const sums = sh(`cd '${path}'; find . -type f -exec sha256sum {} +`);
      return `${all}${sums}`.split("\n").sort().join("\n");
    }
    const refused = (layers: Layers, code = "POINT_DAMAGED") =>
      expect(capture.extract(layers, at("out"))).rejects.toMatchObject({ code });
    function twoPasses(changes: string, compression: Compression = "zstd") {
      const hot = storeHot(at("tree"), at("part"), compression);
      sh(`cd tree; ${changes}`);
      return hot.finish();
    }
    function listed(file: string): ListedEntry[] {
      const records = execFileSync("zstd", ["-dcq", file]).toString("latin1").split("\0");
      return records.flatMap((record) => parseListedEntry(record) ?? []);
    }

    const changes = {
      nothing: ":",
      "new, changed and removed files":
        "echo b >b; echo more >>a; rm d/x; mkdir -p n/m; echo z >n/m/z",
      "a file that became a directory": "rm a; mkdir a; echo b >a/b",
      "a directory that became a file": "rm -r d; echo d >d",
      "a directory that became a link to the outside": `rm -r d; ln -s "${"$OLDPWD"}/outside" d`,
      "a link that became a directory":
        "rm link away; mkdir link away; echo l >link/precious; echo l >away/precious",
      "a renamed directory, and another in its place": "mv d f; mkdir d; echo new >d/x",
      "two that changed places": "mv d t; mv e d; mv t e",
      "hard links made and broken": "ln a d/a; ln e/y y; rm a; echo other >a; ln e/y d/y",
      "permissions and times alone":
        "chmod 700 d; chmod 600 a; touch -d @5.5 e; touch -h -d @6.000000007 link; touch -d @-7.000000001 .",
      "odd names": `mkdir "$(printf 'n\\nl')" "$(printf 'b\\377\\\\')"; echo 1 >"$(printf 'n\\nl/:-x')"; echo 2 >"$(printf 'b\\377\\\\/-o \\n')"; rm d/x`,
    };
    async function bringsBack(script: string, compression: Compression): Promise<void> {
      sh("cd tree; ln d/x d/linked; mkdir -p old/er; echo o >old/er/o");
      const layers = twoPasses(script, compression);
      const warnings: string[] = [];
      await capture.extract(layers, at("out"), { onWarning: (text) => warnings.push(text) });
      expect(look(at("out"))).toBe(look(at("tree")));
      expect(warnings).toEqual([]);
    }
    it.each(Object.entries(changes))("brings back %s", (_, script) => bringsBack(script, "zstd"));
    it.each(compressions)("brings back what is compressed by %s", (compression) =>
      bringsBack("rm d/x; echo more >>a", compression),
    );

    it("removes names that are not UTF-8 or hold anything else", async () => {
      sh(`cd tree; mkdir "$(printf 'gone\\377\\n:')" ./-d
          touch "$(printf 'gone\\377\\n:/x')" './-d/*' '*'`);
      const layers = twoPasses("rm -r gone* ./-d '*'");
      await capture.extract(layers, at("out"));
      expect(look(at("out"))).toBe(look(at("tree")));
    });

    it("brings back a single file, changed or not", async () => {
      const hot = storeHot(at("tree", "a"), at("file"));
      sh("cp -a tree/a before; echo more >>tree/a; touch -d @9.000000009 tree/a");
      await capture.extract(hot.finish(), at("out"));
      expect(readFileSync(at("out", "a"), "utf8")).toBe("a\nmore\n");
      const same = storeHot(at("before"), at("same")).finish();
      expect(same).toEqual({ hot: at("same.tar.zst"), listing: at("same.list.zst") });
      mkdirSync(at("again"));
      await capture.extract(same, at("again"));
      expect(sh("find again/before -printf '%T@ %s'")).toBe(sh("find before -printf '%T@ %s'"));
    });

    it.each([
      "",
      ".",
      "./",
      "/",
      "..",
      "./..",
      "a",
      "/etc/passwd",
      "../outside/precious",
      "./../outside/precious",
      "./d/../../outside/precious",
      "./d/..",
      "./d//x",
      "./d/",
      "./d/./x",
      ".//d",
    ])("refuses a file of deletions that names %j", async (strange) => {
      const layers = twoPasses("rm d/x");
      await refused({ ...layers, deleted: writeNames([strange], at("part.deleted")) });
      await expect(capture.inspectDeletions(at("part.deleted"))).rejects.toMatchObject({
        code: "POINT_DAMAGED",
      });
    });

    it.each(["./away/precious", "./link/x", "./away/sub/deeper", "./a/b"])(
      "refuses to delete %j, below something that is no directory",
      async (strange) => {
        const { hot, listing } = twoPasses(":");
        const deleted = writeNames(["./e/y", strange], at("part.deleted"));
        await refused({ hot, listing: listing ?? "", deleted });
        expect(sh("cat out/d/x")).toBe("x\n");
      },
    );

    it("removes a link, not what it leads to", async () => {
      await capture.extract(twoPasses("rm away link"), at("out"));
      expect(look(at("out"))).toBe(look(at("tree")));
    });

    it("refuses a file of deletions whose last name is cut, or that is one endless name", async () => {
      const layers = twoPasses("rm d/x");
      for (const text of [
        "./d/x",
        "./d/x\0./e",
        `./${"x".repeat(3_000_000)}\0`,
        "./x/".repeat(500_000),
      ]) {
        writeFileSync(at("part.deleted"), text);
        await refused(layers);
      }
    });

    it("takes a very long file of deletions", async () => {
      const layers = twoPasses("rm d/x");
      const names = Array.from({ length: 50_000 }, (_, index) => `./d/never-unpacked-${index}`);
      await capture.extract(
        { ...layers, deleted: writeNames(["./d/x", ...names], at("part.deleted")) },
        at("out"),
      );
      expect(look(at("out"))).toBe(look(at("tree")));
      expect(await capture.inspectDeletions(at("part.deleted"))).toBe(50_001);
    });

    const edits: Record<string, (entry: ListedEntry) => Partial<ListedEntry>> = {
      "mtime 981173106.123456789 instead of 981173106.123456788": () => ({
        mtime: "981173106.123456788",
      }),
      "mode 644 instead of 600": () => ({ mode: 0o600 }),
      "owner ": ({ gid }) => ({ gid: gid + 1 }),
      "size 2 instead of 3": () => ({ size: 3 }),
      "type f instead of p": () => ({ type: "p" }),
      "other hard links": () => ({ link: 1 }),
    };
    it.each(Object.entries(edits))("says where the tree has %s", async (said, edit) => {
      sh("chmod 644 tree/a; touch -d '2001-02-03 04:05:06.123456789 UTC' tree/a");
      const layers = twoPasses("echo linked >b; ln b d/b");
      const entries = listed(layers.listing ?? "").map((entry) =>
        entry.name === "./a" ? { ...entry, ...edit(entry) } : entry,
      );
      writeListing(entries, at("part"));
      await expect(capture.extract(layers, at("out"))).rejects.toMatchObject({
        code: "POINT_DAMAGED",
        message: expect.stringContaining(`./a has ${said}`),
      });
    });

    it("finds names that share a file though they should not, and the other way round", async () => {
      const layers = twoPasses("ln a b; echo c >c; ln c d/c");
      const entries = listed(layers.listing ?? "");
      const groupOf: Record<string, number> = { "./a": 1, "./b": 2, "./c": 1, "./d/c": 2 };
      writeListing(
        entries.map((entry) => ({ ...entry, link: groupOf[entry.name] ?? 0 })),
        at("part"),
      );
      await expect(capture.extract(layers, at("out"))).rejects.toMatchObject({
        message: expect.stringContaining("other hard links"),
      });
    });

    it("names what is missing and what is too much, the first few of many", async () => {
      const layers = twoPasses("echo b >b");
      const without = listed(layers.listing ?? "").filter((entry) => entry.name !== "./b");
      writeListing(
        [
          ...without,
          ...["./zz", "./zzz"].map((each) => ({ ...(without[1] as ListedEntry), name: each })),
        ],
        at("part"),
      );
      await expect(capture.extract(layers, at("out"))).rejects.toMatchObject({
        message: expect.stringMatching(/zz is missing; .*zzz is missing; .*b is not in it$/),
      });
      const many = Array.from({ length: 100 }, (_, index) => ({
        ...(without[1] as ListedEntry),
        name: `./zz${1000 + index}`,
      }));
      writeListing([...without, ...many], at("part"));
      rmSync(at("out"), { recursive: true });
      mkdirSync(at("out"));
      await expect(capture.extract(layers, at("out"))).rejects.toMatchObject({
        message: expect.stringContaining("101 differences in all"),
      });
    });

    it("refuses a listing that is broken, cut or out of order", async () => {
      const layers = twoPasses("echo b >b");
      const listing = layers.listing ?? "";
      const whole = execFileSync("zstd", ["-dcq", listing]);
      const entries = listed(listing);
      const write = (text: Buffer) => () => compressed(text, at("part.list"), "zstd");
      const damages: (() => unknown)[] = [
        () => writeFileSync(listing, readFileSync(listing).subarray(0, -5)),
        () => writeFileSync(listing, ""),
        write(whole.subarray(0, -1)),
        write(whole.subarray(0, whole.lastIndexOf(0, -2))),
        write(Buffer.from("")),
        write(Buffer.from("no listing\0")),
        write(Buffer.alloc(3_000_000, "x")),
        () => writeListing(entries.toReversed(), at("part")),
        () => writeListing([...entries, ...entries.slice(-1)], at("part")),
        () =>
          writeListing(
            entries.map((entry) => ({ ...entry, link: 7 })),
            at("part"),
          ),
      ];
      for (const damage of damages) {
        damage();
        await refused(layers);
        await expect(capture.inspectListing(listing)).rejects.toMatchObject({
          code: "POINT_DAMAGED",
        });
        rmSync(at("out"), { recursive: true });
        mkdirSync(at("out"));
      }
    });

    it("counts a listing as it counts an archive", async () => {
      sh("cd tree; ln a d/a; mkfifo fifo");
      const { hot, listing } = twoPasses(":");
      expect(await capture.inspectListing(listing ?? "")).toEqual(await capture.inspect(hot));
    });

    it("refuses deletions and changes that do not belong to this archive", async () => {
      const layers = twoPasses("echo b >b; rm d/x");
      sh("rm -r tree/e; mkdir tree/new; rm tree/a");
      const other = storeHot(at("tree"), at("other"));
      await refused({ ...layers, hot: other.finish().hot });
    });

    it("ends when it is cancelled", async () => {
      const layers = twoPasses("echo b >b");
      await expect(
        capture.extract(layers, at("out"), { signal: AbortSignal.abort() }),
      ).rejects.toMatchObject({ code: "CANCELLED" });
    });
  });
}
