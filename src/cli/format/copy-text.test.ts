import { expect, test } from "vitest";
import type { CopyResult } from "../../domain/point-results.ts";
import { copyText } from "./copy-text.ts";

const part = { kind: "volume", name: "data", bytes: 9, storedBytes: 5, files: 3 } as const;
const copied: CopyResult = {
  schemaVersion: 1,
  unit: "shop",
  backupId: "2026-11-20T02-00-00Z",
  host: "web01",
  from: "local",
  to: "usb",
  copied: true,
  way: "files",
  startedAt: "2026-11-21T02:00:00.000Z",
  finishedAt: "2026-11-21T02:00:01.000Z",
  storedBytes: 2048,
  parts: [part, { ...part, name: "other" }],
  images: 1,
  warnings: [],
};

test("says what was copied, from where to where, and how", () => {
  expect(copyText(copied)).toBe(
    "copied 2026-11-20T02-00-00Z of shop on web01 from local to usb: 2 parts, 1 image, 2.0 kB, the files as they are",
  );
  const { images: _, ...rest } = copied;
  expect(copyText({ ...rest, images: 0, way: "contents", parts: [part] })).toMatch(
    /: 1 part, 2\.0 kB, unpacked and stored anew$/,
  );
});

test("says that a point was there already, and what a person must know", () => {
  const { way: _, ...there } = copied;
  const result = { ...there, copied: false, warnings: ["is its disk mounted?"] };
  expect(copyText(result)).toBe(
    "warning: is its disk mounted?\n2026-11-20T02-00-00Z of shop on web01 is in usb already: nothing was copied",
  );
});
