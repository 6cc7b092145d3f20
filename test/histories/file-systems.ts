import { mkdtemp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { aptInstall } from "../bed/debian.ts";
import { type LoopOptions, type LoopType, loopFileSystem } from "../bed/loop-file-system.ts";
import { findProgram } from "../bed/paths.ts";

const bytes = 1 << 30;

/** Where two passes are promised to be exact. Inodes of 128 bytes hold whole seconds only. */
const layouts = {
  ext4: { type: "ext4", options: { bytes } },
  "old-ext4": { type: "ext4", options: { bytes, make: ["-I", "128"] } },
  // Without a fixed size a file that grows on xfs swallows holes, each time others.
  xfs: { type: "xfs", options: { bytes, mount: "allocsize=4k" } },
  btrfs: { type: "btrfs", options: { bytes } },
} as const satisfies Record<string, { type: LoopType; options: LoopOptions }>;

export type FileSystem = keyof typeof layouts;
export const fileSystems = Object.keys(layouts) as readonly FileSystem[];

export interface Field extends AsyncDisposable {
  /** Root of an empty file system. */
  readonly mount: string;
  /** Another, to restore on: to flush what was restored is not to flush what is to be stored. */
  readonly target: string;
  /** A directory on the machine's own file system, which goes with the field. */
  readonly outside: string;
  /** Whether a write(2) keeps readers of the file waiting. */
  readonly locksReaders: boolean;
}

/** Wants root. MissingComponent where it cannot be had. */
export async function openField(name: FileSystem): Promise<Field> {
  if (findProgram("python3") === undefined) await aptInstall("file-systems", ["python3-minimal"]);
  const { type, options } = layouts[name];
  await using made = new AsyncDisposableStack();
  const mounted = made.use(await loopFileSystem(type, options));
  const target = made.use(await loopFileSystem(type, options));
  const outside = await mkdtemp(join(dirname(mounted.path), "outside-"));
  const all = made.move();
  return {
    mount: mounted.path,
    target: target.path,
    outside,
    locksReaders: type === "xfs",
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
