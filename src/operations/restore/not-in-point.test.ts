import { expect, it } from "vitest";
import type { StoredEntry } from "../../domain/stored-entry.ts";
import { StackholdError } from "../../errors.ts";
import type { Listing } from "../../ports/stack-files.ts";
import { notInPoint } from "./not-in-point.ts";

const listings: Record<string, Pick<Listing, "directories" | "files">> = {
  "/p": { directories: [".stackhold-safety", "conf", "data", "locked", "new"], files: [".env"] },
  "/p/conf": { directories: ["link"], files: ["extra.conf", "kept.conf", "odd\uFFFD"] },
  "/p/conf/link": { directories: [], files: ["beyond"] },
  "/p/data": { directories: [], files: ["row"] },
  "/p/new": { directories: [], files: ["below"] },
};

const stackFiles = {
  list: async (directory: string) => {
    const listing = listings[directory];
    if (listing === undefined) throw new StackholdError("SOURCE_UNREADABLE", "may not be read");
    return { realPath: directory, ...listing };
  },
} as never;

const known = (path: string, type: StoredEntry["type"]) => ({
  path,
  entry: { type } as StoredEntry,
});

it("names what a replaced project directory has and the point has not, topmost only", async () => {
  const entries = [
    ...["conf", "locked"].map((path) => known(path, "d")),
    ...[".env", "conf/kept.conf"].map((path) => known(path, "f")),
    known("conf/link", "l"),
  ];
  const found = await notInPoint(entries, "/p", ["/p/data"], { stackFiles });
  expect(found).toEqual(["conf/extra.conf", "new"]);
});
