import { StackholdError } from "../../../errors.ts";
import type { Activity } from "../../../ports/capture.ts";
import type { KeptEntry } from "../../../ports/two-phase.ts";
import { type Snapshot, snapshotSchema, unreadEntries } from "../snapshots.ts";
import { logEntries, lostBlob, parseKeptLine, writtenBytes } from "./kept-log.ts";
import type { PointDeps } from "./point-deps.ts";

export interface SnapshotOrder {
  /** Host path. */
  readonly path: string;
  readonly source: string;
  readonly tags: readonly string[];
  readonly flags?: readonly string[];
  readonly onEntry?: (entry: KeptEntry) => void;
  /** Bytes that were written to the storage so far. */
  readonly onWritten?: (bytes: number) => void;
  /** Called before Kopia is ended, and fails, because a FIFO or device took a file's place while it read. */
  readonly onHeldUp?: () => void;
}

export interface Taken {
  readonly snapshot: Snapshot;
  /** Root object. */
  readonly root: string;
  /** What was written to the storage. */
  readonly storedBytes: number;
}

/** What was uploaded longer ago is not uploaded again when Kopia was killed; its own default is 45 minutes. */
const saving = "--checkpoint-interval=1m";

/** Stores what is at a path as one snapshot. */
export async function takeSnapshot(
  { client, catalogue }: Pick<PointDeps, "client" | "catalogue">,
  { path, source, tags, flags = [], onEntry, onWritten, onHeldUp }: SnapshotOrder,
  { signal }: Pick<Activity, "signal">,
): Promise<Taken> {
  let storedBytes = 0;
  const args = ["snapshot", "create", path, `--override-source=${source}`, ...tags];
  const snapshot = await client.ask(
    snapshotSchema,
    [...args, "--json", "--no-progress", saving, ...logEntries, ...flags],
    {
      ...(signal === undefined ? {} : { signal }),
      hopeless: lostBlob,
      ...(onHeldUp === undefined ? {} : { onHeldUp }),
      onLine: (line) => {
        const written = writtenBytes(line);
        if (written !== undefined) {
          storedBytes += written;
          onWritten?.(storedBytes);
        }
        const entry = onEntry === undefined ? undefined : parseKeptLine(line);
        if (entry !== undefined) onEntry?.(entry);
      },
    },
  );
  catalogue.noteTaken(snapshot);
  const unread = unreadEntries(snapshot);
  if (unread > 0 && onEntry === undefined) throw unreadable(path, unread);
  return { snapshot, root: snapshot.rootEntry?.obj ?? "", storedBytes };
}

/** Where nobody looks at each entry, everything must be there. */
function unreadable(path: string, count: number): StackholdError {
  return new StackholdError("TOOL_FAILED", `kopia could not read ${count} entries of ${path}`, {
    hint: "see that nothing removes files there, and that the disk is sound",
  });
}
