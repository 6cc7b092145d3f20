import type { Activity } from "../../../ports/capture.ts";
import type { KopiaClient } from "../client.ts";
import { entriesOf, type Snapshot } from "../snapshots.ts";

/** Mode, size, time with its zone, object (kopia 0.22, cli/command_ls.go). */
const head = /^([-a-zA-Z?]\S{9,}) +(\d+) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+) (\S+) /;
const objectWidth = 34;

interface Named {
  /** Latin1, relative to the snapshot's root. */
  readonly name: string;
  readonly object: string;
  readonly isDirectory: boolean;
}

function read(line: string): Named | undefined {
  const match = head.exec(line);
  const [, mode = "", , , object = ""] = match ?? [];
  if (match === null) return undefined;
  const padding = Math.max(0, objectWidth - object.length);
  const name = line.slice(match[0].length + padding);
  return { name, object, isDirectory: mode.includes("d") && name.endsWith("/") };
}

/** What directories there are by their names, the root's empty, and how much was told. */
export interface Directories {
  readonly objects: ReadonlyMap<string, string>;
  /** False where a name looks like a line of the list: then nobody knows what is a name. */
  readonly isCertain: boolean;
}

/** Tells every name in a snapshot by one call of Kopia. */
export async function eachName(
  client: Pick<KopiaClient, "stream">,
  snapshot: Snapshot,
  onName: (name: string) => void,
  { signal }: Pick<Activity, "signal">,
): Promise<Directories> {
  const root = snapshot.rootEntry?.obj ?? "";
  const objects = new Map([["", root]]);
  let count = 1;
  let current: Named | undefined;
  const tell = () => {
    if (current === undefined) return;
    const { isDirectory, object } = current;
    const name = isDirectory ? current.name.slice(0, -1) : current.name;
    if (isDirectory) objects.set(name, object);
    count += 1;
    onName(name);
  };
  const onLine = (line: string) => {
    const next = read(line);
    if (next === undefined && current !== undefined) {
      // A name may hold a newline; a directory's ends with a slash on the last of its lines.
      const name = `${current.name}\n${line}`;
      current = {
        ...current,
        name,
        isDirectory: current.object.startsWith("k") && name.endsWith("/"),
      };
      return;
    }
    tell();
    current = next;
  };
  let rest = "";
  const onBytes = (bytes: Uint8Array) => {
    const lines = `${rest}${Buffer.from(bytes).toString("latin1")}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  };
  const list = ["list", "--long", "--recursive", "--no-error-summary", root];
  await client.stream(list, onBytes, signal === undefined ? {} : { signal });
  if (rest !== "") onLine(rest);
  tell();
  return { objects, isCertain: count === entriesOf(snapshot) };
}
