import { readdirSync } from "node:fs";
import { mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aptInstall } from "./debian.ts";
import { MissingComponent, needed } from "./missing.ts";
import { findProgram } from "./paths.ts";
import { isAlive, startTime } from "./processes.ts";
import { run } from "./run.ts";
import { mountsBelow } from "./sweep.ts";

/** `old-ext4` has inodes of 128 bytes, which hold whole seconds only. */
export const fileSystems = ["ext4", "old-ext4", "xfs", "btrfs"] as const;
export type FileSystem = (typeof fileSystems)[number];

export interface MountedFileSystem extends AsyncDisposable {
  readonly path: string;
  /** A directory on the machine's own file system, gone with the mount. */
  readonly outside: string;
}

interface Making {
  readonly type: string;
  readonly program: string;
  readonly from: string;
  readonly options: readonly string[];
  readonly mount?: string;
}

const making: Readonly<Record<FileSystem, Making>> = {
  ext4: { type: "ext4", program: "mkfs.ext4", from: "e2fsprogs", options: ["-q"] },
  "old-ext4": {
    ...{ type: "ext4", program: "mkfs.ext4", from: "e2fsprogs" },
    options: ["-q", "-I", "128"],
  },
  xfs: {
    ...{ type: "xfs", program: "mkfs.xfs", from: "xfsprogs", options: ["-q"] },
    mount: ",allocsize=4k", // otherwise a file that grows swallows holes, each time others
  },
  btrfs: { type: "btrfs", program: "mkfs.btrfs", from: "btrfs-progs", options: ["-q"] },
};

/** A component's name in STACKHOLD_REQUIRE. */
export const componentOf = (kind: FileSystem): string => making[kind].type;

const imageBytes = 1 << 30;
const prefix = "stackhold-fs-";

/**
 * An empty file system of its own in a sparse file, mounted until it is disposed; whatever an earlier
 * process left mounted goes first. Wants root; MissingComponent where it cannot be had.
 */
export async function mountFileSystem(kind: FileSystem): Promise<MountedFileSystem> {
  const { type, program, from, options, mount = "" } = making[kind];
  await sweepFileSystems();
  if (findProgram(program) === undefined) await aptInstall(type, [from]);
  const directory = await mkdtemp(join(tmpdir(), `${prefix}${owner()}-`));
  const image = join(directory, "image");
  const path = join(directory, "mount");
  const outside = join(directory, "outside");
  try {
    await Promise.all([mkdir(path), mkdir(outside)]);
    const file = await open(image, "wx", 0o600);
    await file.truncate(imageBytes).finally(() => file.close());
    await needed(type, `A file system of type ${kind} cannot be made here.`, async () => {
      await run([program, ...options, image]);
      await run(["mount", "-t", type, "-o", `loop${mount}`, image, path]);
    });
  } catch (failure) {
    await remove(directory);
    throw failure;
  }
  return { path, outside, [Symbol.asyncDispose]: () => remove(directory) };
}

/** Removes what processes left that are no more, however they ended. */
async function sweepFileSystems(): Promise<void> {
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith(prefix));
  for (const name of left.filter((each) => !isOwned(each))) await remove(join(tmpdir(), name));
}

async function remove(directory: string): Promise<void> {
  for (const point of mountsBelow([directory])) {
    const { code } = await run(["umount", point], { allowFailure: true });
    if (code !== 0) await run(["umount", "--lazy", point]);
  }
  await rm(directory, { recursive: true, force: true });
}

/** With the start time, because process numbers are used again. */
const owner = (): string => `${process.pid}-${startTime(process.pid) ?? ""}`;

function isOwned(name: string): boolean {
  const [pid = "", started] = name.slice(prefix.length).split("-");
  return isAlive(Number(pid)) && startTime(Number(pid)) === started;
}

/** Throws unless Python 3 is there or can be installed. */
export async function needPython(): Promise<void> {
  if (findProgram("python3") === undefined) await aptInstall("python3", ["python3-minimal"]);
  if (findProgram("python3") === undefined) {
    throw new MissingComponent("python3", "The test bed needs Python 3.");
  }
}
