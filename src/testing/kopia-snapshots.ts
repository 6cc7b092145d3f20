import { type Snapshot, snapshotSchema } from "../adapters/kopia/snapshots.ts";

let count = 0;

/** A complete snapshot with these tags; tests state what matters to them. */
export function aSnapshot(
  tags: Readonly<Record<string, string>>,
  over: Readonly<Record<string, unknown>> = {},
): Snapshot {
  count += 1;
  return snapshotSchema.parse({
    id: `snapshot-${count}`,
    source: { host: "web01", userName: "root", path: "/somewhere" },
    startTime: "2026-11-20T02:00:01.123456789Z",
    endTime: "2026-11-20T02:00:09.5Z",
    rootEntry: {
      name: "somewhere",
      type: "d",
      obj: `k${count}`,
      summ: { size: 100, files: 2, symlinks: 1, dirs: 3, numFailed: 0 },
    },
    tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [`tag:${name}`, value])),
    ...over,
  });
}
