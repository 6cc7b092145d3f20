import { open } from "node:fs/promises";
import { requireSuccess } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";
import type { Activity, Measure } from "../../ports/capture.ts";
import type { Held } from "./hold.ts";
import { listTree, signalOf } from "./measure.ts";

/** Writes the names that the excludes leave, NUL-separated and sorted by bytes, into a new file. */
export async function writeMemberList(
  runner: Runner,
  held: Held,
  file: string,
  activity: Activity,
): Promise<Measure> {
  const handle = await open(file, "wx", 0o600);
  let files = 0;
  try {
    const count = await listTree(runner, held, {
      ...signalOf(activity),
      onSelected: async (entries) => {
        const stored = entries.filter((entry) => entry.type !== "s");
        await handle.writeFile(stored.map((entry) => `${entry.name}\0`).join(""), "latin1");
        files += stored.length;
        activity.onProgress?.({ bytes: 0, files });
      },
    });
    const sort = { program: "sort", args: ["--zero-terminated", "--output", file, file] };
    requireSuccess(await runner.run(sort, signalOf(activity)));
    return count;
  } finally {
    await handle.close();
  }
}
