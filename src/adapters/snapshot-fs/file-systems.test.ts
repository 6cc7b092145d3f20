import { expect, test } from "vitest";
import { magic, refusalOf } from "./file-systems.ts";

test("refuses what has no snapshots, or none that are supported, and says why", () => {
  expect(refusalOf(magic.btrfs)).toBeUndefined();
  expect(refusalOf(magic.xfs)).toBeUndefined();
  expect(refusalOf(magic.zfs)).toBe("ZFS snapshots are not supported in this version");
  expect(refusalOf(magic.ext)).toBe("ext4 has no snapshots that can be used");
  expect(refusalOf(1)).toBe("this file system has no snapshots that can be used");
});
