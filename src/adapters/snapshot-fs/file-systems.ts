/** statfs(2), and zfs from its own sources. */
export const magic = {
  btrfs: 0x9123683e,
  xfs: 0x58465342,
  ext: 0xef53,
  tmpfs: 0x01021994,
  overlay: 0x794c7630,
  nfs: 0x6969,
  cifs: 0xff534d42,
  smb2: 0xfe534d42,
  fuse: 0x65735546,
  zfs: 0x2fc12fc1,
} as const;

const names = new Map<number, string>([
  [magic.ext, "ext4 has"],
  [magic.tmpfs, "tmpfs has"],
  [magic.overlay, "overlay has"],
  [magic.nfs, "NFS has"],
  [magic.cifs, "CIFS has"],
  [magic.smb2, "CIFS has"],
  [magic.fuse, "FUSE has"],
]);

/** Why there can be no snapshot on a file system of this type; undefined where there may be one. */
export function refusalOf(type: number): string | undefined {
  if (type === magic.btrfs || type === magic.xfs) return undefined;
  if (type === magic.zfs) return "ZFS snapshots are not supported in this version";
  return `${names.get(type) ?? "this file system has"} no snapshots that can be used`;
}
