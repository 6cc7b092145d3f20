import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Capture } from "../../ports/capture.ts";
import { aManifest } from "../../testing/manifest.ts";
import { temporaryDirectory } from "../../testing/points.ts";
import { realCapture } from "../../testing/real-archive-repository.ts";
import { createSystemClock } from "../system-clock/system-clock.ts";
import { createArchiveRepository } from "./repository.ts";

const ref = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };

async function begun(over: Partial<Capture>) {
  const directory = await temporaryDirectory();
  await writeFile(join(directory.path, "file"), "content");
  const root = join(directory.path, "repository");
  const repository = createArchiveRepository(
    { name: "local", path: root, compression: "zstd", level: 3 },
    { capture: { ...realCapture(), ...over }, clock: createSystemClock() },
  );
  await repository.open();
  const tree = { path: join(directory.path, "file"), type: "file", exclude: [] } as const;
  return {
    writer: await repository.begin(ref),
    part: { kind: "volume", name: "v", source: "v", tree } as const,
    unit: join(root, "web01", "shop"),
    [Symbol.asyncDispose]: directory[Symbol.asyncDispose],
  };
}

test("counts the archive itself when the tree moved while it was stored", async () => {
  const { archive } = realCapture();
  await using here = await begun({
    archive: async (...given) => ({ ...(await archive(...given)), files: 99, unsteady: ["./x"] }),
  });
  const pending = await here.writer.store(here.part, {});
  expect(pending.unsteady).toEqual(["./x"]);
  expect(await pending.settle()).toMatchObject({ files: 1, bytes: 7 });
});

test("gives what it stored as often as it is asked for", async () => {
  await using here = await begun({});
  const pending = await here.writer.store(here.part, {});
  expect(await pending.settle()).toEqual(await pending.settle());
});

test("discarding ends what is being stored", async () => {
  let started = () => {};
  const running = new Promise<void>((resolve) => {
    started = resolve;
  });
  await using here = await begun({
    archive: (_tree, target, activity) =>
      new Promise((_, reject) => {
        activity?.signal?.addEventListener("abort", () => reject(new Error("ended")));
        void writeFile(target.file, "half").then(started);
      }),
  });
  const storing = expect(here.writer.store(here.part, {})).rejects.toThrow("ended");
  await running;
  await here.writer.discard();
  await storing;
  expect(await readdir(here.unit)).toEqual([]);
  await expect(here.writer.store(here.part, {})).rejects.toMatchObject({ code: "INTERNAL" });
});

test("one part is stored once, again only after it failed", async () => {
  await using here = await begun({});
  const missing = { ...here.part, tree: { ...here.part.tree, path: "/nonexistent/file" } };
  await expect(here.writer.store(missing, {})).rejects.toThrow("/nonexistent");
  await here.writer.store(here.part, {});
  await expect(here.writer.store(here.part, {})).rejects.toMatchObject({ code: "INTERNAL" });
});

test("a manifest that names what was not settled is refused", async () => {
  await using here = await begun({});
  const part = await (await here.writer.store(here.part, {})).settle();
  const [archive] = part.archives;
  if (archive === undefined) throw new Error("nothing was stored");
  const other = { ...part, archives: [{ ...archive, file: "volume-other.tar.zst" }] };
  await expect(here.writer.publish(aManifest(ref, [other]))).rejects.toMatchObject({
    code: "INTERNAL",
    message: expect.stringContaining("volume-other.tar.zst"),
  });
});
