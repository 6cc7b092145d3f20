import { realpath, statfs } from "node:fs/promises";
import { reasonOf } from "../../../errors.ts";
import type { Tree } from "../../../ports/capture.ts";
import { type Mount, mountAt, mountPointOf, mountsBelow, readMounts } from "../mounts.ts";
import { nearestExisting } from "../probe.ts";

/** statfs(2), linux/magic.h; ext2, ext3 and ext4 share one. They keep inodes and stamp ctime. */
const sound: Readonly<Record<number, string>> = {
  61267: "ext4",
  1481003842: "XFS",
  2435016766: "btrfs",
  801189825: "ZFS",
};
const overlay = 0x794c7630;
/** What the kernel calls those, so that no call has to wait for a server that is away. */
const soundNames = ["ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "overlay"];

/** Names that people know, by the beginning of the kernel's. */
const familiar: readonly (readonly [prefix: string, name: string])[] = [
  ["nfs", "NFS"],
  ["cifs", "a Windows share (CIFS)"],
  ["smb", "a Windows share (CIFS)"],
  ["fuse", "FUSE"],
  ["9p", "9p"],
  ["virtiofs", "virtiofs"],
  ["tmpfs", "tmpfs, in memory"],
];

export async function twoPhaseRefusal(tree: Tree): Promise<string | undefined> {
  try {
    const path = await realpath(tree.path);
    const mounts = await readMounts();
    const points = mounts.map(({ point }) => point);
    const own = await refusalOf(path, mountAt(mountPointOf(path, points), mounts));
    if (own !== undefined) return `it is on ${own}`;
    for (const point of mountsBelow(path, points)) {
      const below = await refusalOf(point, mountAt(point, mounts));
      if (below !== undefined) return `what is mounted below it at ${point} is on ${below}`;
    }
    return undefined;
  } catch (failure) {
    return `its file system cannot be told: ${reasonOf(failure)}`;
  }
}

/** Where files may lie that are not compared, but whose stamps must be this machine's. */
export async function localityOf(path: string): Promise<"disk" | "memory" | "remote"> {
  try {
    const real = await realpath(await nearestExisting(path));
    const mounts = await readMounts();
    const points = mounts.map(({ point }) => point);
    const mount = mountAt(mountPointOf(real, points), mounts);
    if ((await refusalOf(real, mount)) === undefined) return "disk";
    return ["tmpfs", "overlay"].includes(mount?.fileSystem ?? "") ? "memory" : "remote";
  } catch {
    return "remote";
  }
}

async function refusalOf(path: string, mount: Mount | undefined): Promise<string | undefined> {
  const name = mount?.fileSystem ?? "an unknown file system";
  if (mount !== undefined && !soundNames.includes(name)) return familiarName(name);
  const { type } = await statfs(path);
  if (type === overlay) return overlayRefusal(mount);
  return type in sound ? undefined : familiarName(name);
}

/** Everything that is written to an overlay is written to its upper directory. */
async function overlayRefusal(mount: Mount | undefined): Promise<string | undefined> {
  const upper = mount?.options.find((option) => option.startsWith("upperdir="));
  if (upper === undefined) return undefined;
  try {
    const { type } = await statfs(upper.slice("upperdir=".length));
    return type in sound
      ? undefined
      : "an overlay over something else than ext4, XFS, btrfs or ZFS";
  } catch {
    return "an overlay whose upper layer cannot be seen";
  }
}

function familiarName(kernelName: string): string {
  const found = familiar.find(([prefix]) => kernelName.startsWith(prefix));
  return found?.[1] ?? kernelName;
}
