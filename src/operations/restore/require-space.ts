import { roomFor, type Sizes } from "../../domain/room.ts";
import { shellWord } from "../../domain/shell-word.ts";
import { StackholdError } from "../../errors.ts";
import { bytes as inWords } from "../../events/amounts.ts";
import type { Deps } from "../context.ts";

/** What is unpacked beside a host path, which need not be there yet. */
export interface Arrival {
  readonly path: string;
  readonly part: Sizes;
}

/** Where the engine puts a volume that is still to be made. */
export function volumesOf(dataRoot: string): string {
  return `${dataRoot}/volumes`;
}

/** The old data stays where it is, so the new needs its full size beside it on each file system. */
export async function requireSpace(
  arrivals: readonly Arrival[],
  { capture }: Pick<Deps, "capture">,
): Promise<void> {
  const needs = new Map<string, { bytes: number; free: number; path: string }>();
  for (const { part, path } of arrivals) {
    const space = await capture.space(path);
    if (space.isReadOnly === true) throw readOnly(path);
    const sum = needs.get(space.fileSystem) ?? { bytes: 0, free: space.freeBytes, path };
    needs.set(space.fileSystem, { ...sum, bytes: sum.bytes + roomFor(part) });
  }
  for (const { bytes, free, path } of needs.values()) {
    if (bytes <= free) continue;
    throw new StackholdError(
      "NO_SPACE",
      `${path} has ${inWords(free)} free, this point needs ${inWords(bytes)}; nothing was written`,
      {
        hint: "free space there: `stackhold list safety-copies` shows what earlier restores keep; or --to directory:DIR restores to where there is room",
      },
    );
  }
}

function readOnly(path: string): StackholdError {
  return new StackholdError(
    "RESTORE_FAILED",
    `${path} is on a read-only file system; nothing was written`,
    {
      hint: `\`findmnt -T ${shellWord(path)}\` names the mount, \`mount -o remount,rw\` makes it writable unless its disk has failed; --part restores what lies elsewhere, --to directory:DIR all of it`,
    },
  );
}
