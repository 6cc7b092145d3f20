import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../bed/run.ts";
import { pointDirectory } from "./archives.ts";
import type { Workspace } from "./workspace.ts";

/** One part of a point, unpacked with tar alone; it goes with the object. */
export interface UnpackedPart extends AsyncDisposable {
  /** Files only, sorted. */
  readonly names: readonly string[];
  text(name: string): Promise<string>;
  // biome-ignore lint/suspicious/noExplicitAny: tests read documents of many shapes
  json(name: string): Promise<any>;
}

export async function unpackPart(
  workspace: Workspace,
  unit: string,
  part: string,
  backupId = "latest",
): Promise<UnpackedPart> {
  const directory = await mkdtemp(join(tmpdir(), "stackhold-part-"));
  const archive = join(pointDirectory(workspace, unit, backupId), `${part}.tar.zst`);
  await run(["tar", "-I", "zstd", "-xf", archive, "-C", directory]);
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const text = (name: string) => readFile(join(directory, name), "utf8");
  return {
    names: files
      .map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1))
      .sort(),
    text,
    json: async (name) => JSON.parse(await text(name)),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
