/** Where swaps keep what they stage and set aside; never part of a capture, at any depth. */
export const safetyName = ".stackhold-safety";

/**
 * What makes an archive exact, and the same bytes for the same tree:
 * - `delete=atime,ctime` and the header names without a process id;
 * - `sparse-version=0.0`, because 0.1 and 1.0 put tar's process id into the names of sparse files
 *   (`GNUSparseFile.<pid>`, tar 1.34 src/xheader.c);
 * - a name may hold a colon: `--force-local`.
 */
export const createFlags: readonly string[] = [
  "--format=pax",
  "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime",
  "--xattrs",
  "--xattrs-include=*",
  "--acls",
  "--sparse",
  "--sparse-version=0.0",
  "--numeric-owner",
  "--force-local",
];

/**
 * Ten times fewer and larger writes of files. Archives keep tar's own small records: with larger
 * ones `zstd -d | tar -x` by hand leaves padding unread, and zstd is killed by SIGPIPE now and then.
 */
export const readRecords: readonly string[] = ["--blocking-factor=1024", "--read-full-records"];

/**
 * Without `--acls`, on purpose: it would translate the user names in `SCHILY.acl.*` by this host's
 * /etc/passwd, whatever `--numeric-owner` says. The same ACLs are in the archive as numeric xattrs
 * (`system.posix_acl_*`), and because the attributes of directories are set last, nothing inherits
 * from them meanwhile. Never `--overwrite`: it writes through hard links that lead outside.
 */
export const extractFlags: readonly string[] = [
  "--preserve-permissions",
  "--same-owner",
  "--numeric-owner",
  "--xattrs",
  "--xattrs-include=*",
  "--delay-directory-restore",
  "--warning=no-timestamp",
  "--force-local",
];
