import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { StackholdError } from "../../../errors.ts";
import type { Activity } from "../../../ports/capture.ts";
import { type Snapshot, sizeOf } from "../snapshots.ts";
import { type KopiDockaDeps, scratchOf } from "./deps.ts";
import type { StoredFile } from "./stored-file.ts";

/** Of descriptions, which are held in memory. */
const most = 64 << 20;

/** The regular files of a small snapshot. */
export async function readFiles(
  snapshot: Snapshot,
  deps: Pick<KopiDockaDeps, "client" | "stateDir">,
  { signal }: Pick<Activity, "signal">,
): Promise<StoredFile[]> {
  if (sizeOf(snapshot) > most) {
    throw new StackholdError("POINT_DAMAGED", `the snapshot ${snapshot.id} is no description`, {
      hint: "it is larger than one ever is: see what it is with kopia snapshot list",
    });
  }
  await using scratch = await scratchOf(deps);
  const tree = join(scratch.path, "tree");
  await deps.client.run(
    ["snapshot", "restore", "--skip-owners", "--no-progress", snapshot.id, tree],
    signal === undefined ? {} : { signal },
  );
  const entries = await readdir(tree, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return await Promise.all(
    files.map(async ({ parentPath, name }): Promise<StoredFile> => {
      const file = join(parentPath, name);
      const [content, { mode, mtimeMs }] = await Promise.all([readFile(file), stat(file)]);
      return { path: relative(tree, file), content, mode: mode & 0o7777, mtime: mtimeMs / 1000 };
    }),
  );
}
