import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { publishPoint, temporaryDirectory } from "../../testing/points.ts";
import { createRealRepository } from "../../testing/real-archive-repository.ts";

const ref = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const module = new URL("../../testing/real-archive-repository.ts", import.meta.url).href;

/** Another process that begins a point and says so. */
async function startWriter(root: string) {
  const script = `
    const { createRealRepository } = await import(${JSON.stringify(module)});
    await createRealRepository(${JSON.stringify(root)}).begin(${JSON.stringify(ref)});
    process.stdout.write("begun");
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

test("leaves what a living process writes, and removes it once that is killed", async () => {
  await using directory = await temporaryDirectory();
  const repository = createRealRepository(directory.path);
  await repository.open();
  const writer = await startWriter(directory.path);
  try {
    expect(await repository.sweep("web01")).toEqual([]);
    await expect(repository.begin(ref)).rejects.toMatchObject({ code: "BACKUP_FAILED" });
  } finally {
    writer.kill("SIGKILL");
    await once(writer, "exit");
  }
  expect(await repository.sweep("web01")).toEqual([ref]);
  expect(await readdir(join(directory.path, "web01", "shop"))).toEqual([]);
});

test("removes what a killed removal or publication left", async () => {
  await using directory = await temporaryDirectory();
  const repository = createRealRepository(directory.path);
  await repository.open();
  await publishPoint(repository, ref);
  const unit = join(directory.path, "web01", "shop");
  const unpublished = "2026-11-19T02-00-00Z";
  for (const name of [
    ".removed-2026-11-18T02-00-00Z",
    ".partial-2026-11-17T02-00-00Z",
    unpublished,
  ]) {
    await mkdir(join(unit, name));
    await writeFile(join(unit, name, "volume-data.tar"), "rest");
  }
  await writeFile(join(unit, ".latest-123"), "");
  const swept = await repository.sweep("web01");
  expect(swept.map((point) => point.backupId).sort()).toEqual([
    "2026-11-17T02-00-00Z",
    unpublished,
  ]);
  expect((await readdir(unit)).sort()).toEqual([ref.backupId, "latest"]);
});

test("keeps what has no shape of ours", async () => {
  await using directory = await temporaryDirectory();
  const repository = createRealRepository(directory.path);
  await repository.open();
  const unit = join(directory.path, "web01", "shop");
  await mkdir(join(unit, "notes"), { recursive: true });
  await writeFile(join(unit, "2026-11-20T02-00-00Z"), "a file");
  await writeFile(join(directory.path, "web01", "README"), "a file");
  expect(await repository.sweep("web01")).toEqual([]);
  expect((await readdir(unit)).sort()).toEqual(["2026-11-20T02-00-00Z", "notes"]);
});
