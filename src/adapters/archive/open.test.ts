import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { publishPoint, temporaryDirectory } from "../../testing/points.ts";
import { createRealRepository, realCapture } from "../../testing/real-archive-repository.ts";
import { createArchiveRepository } from "./repository.ts";

test("leaves nothing of its probe behind and keeps the repository's identity", async () => {
  await using directory = await temporaryDirectory();
  const repository = createRealRepository(directory.path);
  await repository.open();
  const identity = await readFile(join(directory.path, "stackhold-repository.json"), "utf8");
  await repository.open();
  expect(await readdir(directory.path)).toEqual(["stackhold-repository.json"]);
  expect(await readFile(join(directory.path, "stackhold-repository.json"), "utf8")).toBe(identity);
});

test("a file in the repository's place is refused with what to do", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "file");
  await writeFile(path, "");
  for (const place of [path, join(path, "below")]) {
    const repository = createRealRepository(place);
    await expect(repository.open()).rejects.toMatchObject({
      code: "REPOSITORY_UNUSABLE",
      message: `repository local at ${place}: it is not a directory`,
      hint: expect.stringContaining("directory"),
    });
    await expect(repository.list({})).rejects.toMatchObject({ code: "REPOSITORY_UNUSABLE" });
  }
});

test("a directory that cannot be written is refused", async () => {
  const repository = createRealRepository("/proc/stackhold");
  await expect(repository.open()).rejects.toMatchObject({ code: "REPOSITORY_UNUSABLE" });
});

test("a repository that is not there lists nothing, but says so", async () => {
  const repository = createRealRepository("/nonexistent/repository");
  for (const work of [() => repository.list({}), () => repository.sweep("web01")]) {
    await expect(work()).rejects.toMatchObject({
      code: "REPOSITORY_UNUSABLE",
      message: expect.stringContaining("it is not there"),
    });
  }
});

test("a newer repository is refused before anything in it is read or written", async () => {
  await using directory = await temporaryDirectory();
  const repository = createRealRepository(directory.path);
  await repository.open();
  const ref = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
  await publishPoint(repository, ref);
  await writeFile(join(directory.path, "stackhold-repository.json"), '{"format": 2}');
  const works = [
    () => repository.open(),
    () => repository.list({}),
    () => repository.read(ref),
    () => repository.remove(ref),
    () => repository.sweep("web01"),
  ];
  for (const work of works) await expect(work()).rejects.toMatchObject({ code: "NEWER_FORMAT" });
});

test("a damaged repository file is told, not overwritten", async () => {
  await using directory = await temporaryDirectory();
  await mkdir(directory.path, { recursive: true });
  const path = join(directory.path, "stackhold-repository.json");
  await writeFile(path, "{");
  const repository = createRealRepository(directory.path);
  await expect(repository.open()).rejects.toMatchObject({ code: "REPOSITORY_UNUSABLE" });
  expect(await readFile(path, "utf8")).toBe("{");
});

test("a mount that hangs is given up after a minute", async () => {
  await using directory = await temporaryDirectory();
  const waited: number[] = [];
  const repository = createArchiveRepository(
    { name: "nfs", path: directory.path, compression: "zstd", level: 3 },
    {
      capture: realCapture(),
      clock: {
        now: () => new Date(),
        monotonic: () => 0,
        sleep: async (milliseconds) => void waited.push(milliseconds),
      },
    },
  );
  await expect(repository.open()).rejects.toMatchObject({
    code: "REPOSITORY_UNUSABLE",
    message: expect.stringContaining("did not answer within 60 s"),
  });
  expect(waited).toEqual([60_000]);
});
