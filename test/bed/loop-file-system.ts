import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aptInstall, needDebian } from "./debian.ts";
import { findProgram } from "./paths.ts";
import { isRequired } from "./required.ts";
import { run } from "./run.ts";

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

/** A file system of a chosen type in a file of its own, mounted until it is disposed. */
export async function loopFileSystem(
  type: LoopType,
  options: LoopOptions = {},
): Promise<LoopFileSystem> {
  await installMaker(type);
  const directory = await mkdtemp(join(tmpdir(), `stackhold-${type}-`));
  const [image, path] = [join(directory, "image"), await mkdtemp(join(directory, "mnt-"))];
  try {
    await using file = await open(image, "w");
    await file.truncate(options.bytes ?? 320 << 20);
    await run([`mkfs.${type}`, "-q", ...(options.make ?? []), image]);
    await run(["mount", "-o", ["loop", options.mount ?? "defaults"].join(","), image, path]);
    if (type === "ext4") await rm(join(path, "lost+found"), { recursive: true });
  } catch (failure) {
    await run(["umount", path], { allowFailure: true });
    await rm(directory, { recursive: true });
    throw failure;
  }
  return {
    type,
    path,
    remount: async (option) => void (await run(["mount", "-o", `remount,${option}`, path])),
    async [Symbol.asyncDispose]() {
      // Who keeps it busy must be told of, and yet not keep it.
      try {
        await run(["umount", path]);
      } catch (busy) {
        await run(["umount", "--lazy", path]);
        throw busy;
      }
      await rm(directory, { recursive: true });
    },
  };
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
