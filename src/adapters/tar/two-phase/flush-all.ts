import { requireSuccess } from "../../../exec/result.ts";
import type { Runner } from "../../../exec/runner.ts";
import type { Held } from "../hold.ts";
import { signalOf } from "../measure.ts";

/**
 * A page that was dirtied through mmap before the listing takes more writes without moving ctime;
 * once it is written back, the next write moves it. One name for each file system; names may hold
 * any byte, so they do not go through an argv of ours.
 */
export async function flushAll(
  runner: Runner,
  held: Held,
  names: readonly string[],
  options: { readonly signal?: AbortSignal },
): Promise<void> {
  const stdin = Buffer.from(names.map((name) => `${name}\0`).join(""), "latin1");
  const args = ["--null", "--no-run-if-empty", "sync", "--file-system", "--"];
  requireSuccess(
    await runner.run(
      { program: "xargs", args },
      { cwd: held.directory, stdin, diesWithParent: true, ...signalOf(options) },
    ),
  );
}
