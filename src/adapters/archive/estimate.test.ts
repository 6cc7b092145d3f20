import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { compressions } from "../../domain/manifest.ts";
import type { Tree } from "../../ports/capture.ts";
import { createRealRepository, realCapture } from "../../testing/real-archive-repository.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "stackhold-estimate-"));
  await mkdir(join(root, "tree", "many"), { recursive: true });
  await mkdir(join(root, "out"));
});
afterEach(() => rm(root, { recursive: true }));

const place = (name: string) => join(root, "tree", name);
const capture = realCapture();

/** What is estimated, and what an archive of the tree is. */
async function tried(compression: (typeof compressions)[number], exclude: string[] = []) {
  const tree: Tree = { path: join(root, "tree"), type: "directory", exclude };
  const repository = createRealRepository(join(root, "none"), compression);
  const estimate = await repository.estimate(tree, await capture.measure(tree), {});
  const file = join(root, "out", compression);
  await capture.archive(tree, { file, compression, level: 3 });
  const { allocatedBytes = 0 } = await capture.measure({ path: file, type: "file", exclude: [] });
  await rm(file);
  return { ...estimate, real: allocatedBytes };
}

it("comes near to what an archive is, in every format, of mixed content and many small files", async () => {
  await writeFile(place("noise"), randomBytes(12_000_000));
  await writeFile(place("text"), "all work and no play\n".repeat(400_000));
  await writeFile(place("sparse"), "at the beginning");
  await truncate(place("sparse"), 900_000_000);
  for (let i = 0; i < 800; i += 1) await writeFile(place(`many/${i}`), randomBytes(700));
  for (const compression of compressions) {
    const { storedBytes, sampledBytes, real } = await tried(compression);
    expect([compression, Math.abs(storedBytes - real) / real < 0.04]).toEqual([compression, true]);
    expect(sampledBytes).toBeLessThanOrEqual(16 << 20);
  }
});

it("looks only at what is stored", async () => {
  await writeFile(place("noise"), randomBytes(3_000_000));
  await writeFile(place("text"), "a".repeat(3_000_000));
  const { storedBytes, real } = await tried("zstd", ["noise"]);
  expect(storedBytes).toBeLessThan(20_000);
  expect(storedBytes).toBeGreaterThan(real / 2);
});

it("has nothing to try of an empty tree", async () => {
  expect(await tried("zstd")).toMatchObject({ sampledBytes: 0, storedBytes: 200 });
});
