import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Compression } from "../../domain/manifest.ts";
import type { Layers } from "../../ports/capture.ts";
import { storeHot, writeNames } from "../../testing/layers.ts";
import { realCapture } from "../../testing/real-archive-repository.ts";

/** They start many programs. */
const timeout = 60_000;
const capture = realCapture();
let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stackhold-layers-"));
  for (const name of ["tree", "out", "outside"]) mkdirSync(join(root, name));
});
afterEach(() => rmSync(root, { recursive: true }));
const at = (...parts: string[]) => join(root, ...parts);
const sh = (script: string) =>
  execFileSync("/bin/sh", ["-euc", script], {
    cwd: root,
  }).toString();

async function unpack(layers: Layers): Promise<string[]> {
  const warnings: string[] = [];
  await capture.extract(layers, at("out"), { onWarning: (text) => warnings.push(text) });
  return warnings;
}

/** What the tree is in the end, over an archive that holds `first` and then, of another tree, `second`. */
function overContradiction(first: string, second: string, last: string): Layers {
  const layers = storeHot(at("tree"), at("part"), "none");
  sh(`mkdir one two; cd one; ${first}; cd ../two; ${second}; cd ..
      list() { find . ! -type d | LC_ALL=C sort; }
      (cd one; list | tar --no-recursion -cf ../contradiction.tar -T -)
      (cd two; list | tar --no-recursion -rf ../contradiction.tar -T -)
      cd tree; ${last}`);
  return { ...layers.finish(), hot: at("contradiction.tar") };
}

describe("a hot archive that contradicts itself", { timeout }, () => {
  const becomesDirectory = ["echo f >d", "mkdir d; echo x >d/x; echo y >d/y:z"] as const;

  it("is excused where what it contradicts is stored again", async () => {
    const layers = overContradiction(
      ...becomesDirectory,
      "mkdir d; echo later >d/x; echo y >d/y:z",
    );
    expect(await unpack(layers)).toEqual([]);
    expect(sh("diff -r tree out")).toBe("");
  });

  it("is excused below what is deleted, however often it complains", async () => {
    const many = 'mkdir d; i=0; while [ $i -lt 5000 ]; do : >"d/$i"; i=$((i+1)); done';
    const layers = overContradiction("echo f >d", many, "echo kept >kept");
    expect(await unpack({ ...layers, deleted: writeNames(["./d"], at("deleted")) })).toEqual([]);
    expect(readdirSync(at("out"))).toEqual(["kept"]);
  });

  it("is broken where nothing puts it right", async () => {
    const layers = overContradiction(...becomesDirectory, "echo kept >kept");
    for (const deleted of [
      writeNames(["./other"], at("deleted")),
      writeNames(["./d/x"], at("deleted")),
    ]) {
      const work = unpack({ ...layers, deleted });
      await expect(work).rejects.toMatchObject({
        code: "TOOL_FAILED",
        message: expect.stringContaining("./d/"),
      });
      sh("rm -r out; mkdir out");
    }
  });

  it("is excused for a link to a file that it does not hold, if the link is stored again", async () => {
    sh(
      "mkdir src; cd src; echo a >a; ln a b; tar --no-recursion -cf ../hot.tar ./a ./b; tar --delete -f ../hot.tar ./a",
    );
    const layers = storeHot(at("tree"), at("part"), "none");
    sh("echo a >tree/b");
    const finished = layers.finish();
    expect(await unpack({ ...finished, hot: at("hot.tar") })).toEqual([]);
    sh("rm -r out; mkdir out");
    const { delta, ...without } = finished;
    expect(delta).toBeDefined();
    await expect(unpack({ ...without, hot: at("hot.tar") })).rejects.toMatchObject({
      code: "TOOL_FAILED",
    });
  });

  it("writes nothing through a link that leads outside", async () => {
    writeFileSync(at("outside", "x"), "precious");
    const layers = overContradiction(
      `ln -s "${at("outside")}" d`,
      "mkdir d; echo evil >d/x",
      "mkdir d; echo good >d/x",
    );
    expect(await unpack(layers)).toEqual([]);
    expect(readFileSync(at("outside", "x"), "utf8")).toBe("precious");
    expect(readFileSync(at("out", "d", "x"), "utf8")).toBe("good\n");
  });
});

describe("deletions", { timeout }, () => {
  it("stay inside when the archive brings a link to the outside along", async () => {
    writeFileSync(at("outside", "precious"), "precious");
    sh('mkdir tree/d; ln -s "$PWD/outside" tree/d/away; ln -s ../outside tree/near');
    const { hot } = storeHot(at("tree"), at("part")).finish();
    for (const name of ["./d/away/precious", "./near/precious"]) {
      const deleted = writeNames([name], at("deleted"));
      await expect(unpack({ hot, deleted })).rejects.toMatchObject({ code: "POINT_DAMAGED" });
      expect(readFileSync(at("outside", "precious"), "utf8")).toBe("precious");
      sh("rm -r out; mkdir out");
    }
    await unpack({ hot, deleted: writeNames(["./d", "./near"], at("deleted")) });
    expect(readdirSync(at("out"))).toEqual([]);
    expect(readdirSync(at("outside"))).toEqual(["precious"]);
  });
});

describe.skipIf(process.getuid?.() !== 0)(
  "on a file system that keeps less: needs root, to mount one",
  { timeout },
  () => {
    const changing = (compression: Compression = "zstd") => {
      sh(
        "cd tree; mkdir d; echo a >a; ln a d/b; touch -d '1890-01-01 00:00:00.5 UTC' a; touch -d '2090-01-01 00:00:00.123456789 UTC' d; chown 5:6 d",
      );
      const hot = storeHot(at("tree"), at("part"), compression);
      sh("echo n >tree/new; touch -d '2001-01-01 00:00:00.987654321 UTC' tree/new");
      return hot.finish();
    };

    it("takes whole seconds within 32 bits for the times, and says so", async () => {
      sh(
        "truncate -s 20M image; mkfs.ext4 -q -I 128 image; mount -o loop image out; rmdir out/lost+found",
      );
      try {
        const warnings = await unpack(changing());
        expect(warnings).toContainEqual(expect.stringMatching(/does not keep exact times$/));
        expect(sh("cat out/new; stat -c %Y out/new")).toBe("n\n978307200\n");
      } finally {
        sh("umount out");
      }
    });

    it("still finds a file whose whole second differs there", async () => {
      sh(
        "truncate -s 20M image; mkfs.ext4 -q -I 128 image; mount -o loop image out; rmdir out/lost+found",
      );
      try {
        const layers = changing();
        const { listing } = storeHot(at("tree"), at("other")).finish();
        sh("touch -d '2001-01-01 00:00:01 UTC' tree/new");
        const moved = storeHot(at("tree"), at("moved")).finish();
        await unpack({ ...layers, listing: listing ?? "" });
        sh("find out -mindepth 1 -delete");
        await expect(unpack({ ...layers, listing: moved.listing ?? "" })).rejects.toMatchObject({
          code: "POINT_DAMAGED",
          message: expect.stringContaining("./new has mtime"),
        });
      } finally {
        sh("umount out");
      }
    });

    it("warns of attributes that it does not take, and of nothing else", async () => {
      sh("setfattr -n user.x -v 1 tree; echo a >tree/a; setfattr -n user.y -v 1 tree/a");
      const layers = changing();
      sh("mount -t ramfs none out");
      try {
        const warnings = await unpack(layers);
        expect(warnings.length).toBeGreaterThan(0);
        for (const warning of warnings) expect(warning).toMatch(/user\.[xy]/);
        expect(sh("cat out/new")).toBe("n\n");
      } finally {
        sh("umount out");
      }
    });
  },
);
