import { mkdtemp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aptInstall, needDebian } from "./debian.ts";
import { needed } from "./missing.ts";
import { findProgram } from "./paths.ts";
import { isAlive, startTime } from "./processes.ts";
import { isRequired } from "./required.ts";
import { run } from "./run.ts";
import { mountsBelow } from "./sweep.ts";

/** Debian's package of the program that makes it. */
const makers = { ext4: "e2fsprogs", xfs: "xfsprogs", btrfs: "btrfs-progs" } as const;

export type LoopType = keyof typeof makers;

export interface LoopFileSystem extends AsyncDisposable {
  readonly type: LoopType;
  /** Where it is mounted; empty but for what its type puts there. */
  readonly path: string;
  /** `ro`, `noacl`, … */
  remount(option: string): Promise<void>;
}

export interface LoopOptions {
  /** 320 MiB where absent, the least that xfs takes. The file behind it is sparse. */
  readonly bytes?: number;
  /** For mkfs, e.g. `-m reflink=0`. */
  readonly make?: readonly string[];
  readonly mount?: string;
}

const prefix = "stackhold-loop-";

/**
 * A file system of a chosen type in a file of its own, mounted until it is disposed. What a process
 * that was killed left mounted goes first.
 */
export async function loopFileSystem(
  type: LoopType,
  options: LoopOptions = {},
): Promise<LoopFileSystem> {
  await sweepLoops();
  await installMaker(type);
  const directory = await mkdtemp(join(tmpdir(), `${prefix}${owner()}-${type}-`));
  const [image, path] = [join(directory, "image"), await mkdtemp(join(directory, "mnt-"))];
  try {
    await using file = await open(image, "w");
    await file.truncate(options.bytes ?? 320 << 20);
    const mount = ["loop", options.mount ?? "defaults"].join(",");
    await needed("file-systems", `A file system of type ${type} cannot be had here.`, async () => {
      await run([`mkfs.${type}`, "-q", ...(options.make ?? []), image]);
      await run(["mount", "-t", type, "-o", mount, image, path]);
    });
    if (type === "ext4") await rm(join(path, "lost+found"), { recursive: true });
  } catch (failure) {
    await remove(directory);
    throw failure;
  }
  return {
    type,
    path,
    remount: async (option) => void (await run(["mount", "-o", `remount,${option}`, path])),
    [Symbol.asyncDispose]: () => remove(directory),
  };
}

async function sweepLoops(): Promise<void> {
  const names = await readdir(tmpdir());
  const left = names.filter((name) => name.startsWith(prefix) && !isOwned(name));
  for (const name of left) await remove(join(tmpdir(), name));
}

async function remove(directory: string): Promise<void> {
  for (const point of mountsBelow([directory])) {
    const { code } = await run(["umount", point], { allowFailure: true });
    if (code !== 0) await run(["umount", "--lazy", point], { allowFailure: true });
  }
  // Another process may have swept the same at the same time, so what counts is what is left.
  const [left] = mountsBelow([directory]);
  if (left !== undefined) throw new Error(`${left} cannot be unmounted`);
  await rm(directory, { recursive: true, force: true });
}

/** With the start time, because process numbers are used again. */
const owner = (): string => `${process.pid}-${startTime(process.pid) ?? ""}`;

function isOwned(name: string): boolean {
  const [pid = "", started] = name.slice(prefix.length).split("-");
  return isAlive(Number(pid)) && startTime(Number(pid)) === started;
}

/** Whether such tests can run: as root on Debian, or where the tools are there already. */
export function canLoop(...types: readonly LoopType[]): boolean {
  if (process.getuid?.() !== 0) return refuse("root");
  const lacking = types.find((type) => !findProgram(`mkfs.${type}`));
  if (lacking === undefined) return true;
  try {
    needDebian("file-systems", makers[lacking]);
    return true;
  } catch (failure) {
    return refuse((failure as Error).message);
  }
}

function refuse(why: string): false {
  if (isRequired("file-systems")) throw new Error(`loop file systems need ${why}`);
  return false;
}

async function installMaker(type: LoopType): Promise<void> {
  if (findProgram(`mkfs.${type}`)) return;
  await aptInstall("file-systems", [makers[type]]);
}
