import type { Activity } from "../../../ports/capture.ts";
import type { KopiaClient } from "../client.ts";
import type { Snapshot } from "../snapshots.ts";
import { textOf } from "./walk.ts";

/** Owners are restored or it fails; holes are made, for which Kopia must write in place. */
const exact = [
  "--no-ignore-permission-errors",
  "--write-sparse-files",
  "--no-write-files-atomically",
  "--progress",
];

const units: Readonly<Record<string, number>> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** `Processed 5 (4.2 MB) of 9 (12 MB)`: kopia 0.22, cli/command_restore.go. */
function bytesIn(line: string): number | undefined {
  const [, amount, unit = ""] = /Processed \d+ \(([\d.]+) (\w+)\)/.exec(line) ?? [];
  const factor = units[unit];
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}

/** Restores a snapshot, or what is at a path in it (latin1), as `target`. */
export async function restoreSnapshot(
  client: Pick<KopiaClient, "run">,
  { id }: Snapshot,
  path: string,
  target: string,
  { signal, onProgress }: Activity,
): Promise<void> {
  const source = path === "" ? id : `${id}/${textOf(path)}`;
  const onLine = (line: string) => {
    const bytes = bytesIn(line);
    if (bytes !== undefined) onProgress?.({ bytes: Math.round(bytes) });
  };
  await client.run(["snapshot", "restore", ...exact, source, target], {
    onLine,
    ...(signal === undefined ? {} : { signal }),
  });
}
