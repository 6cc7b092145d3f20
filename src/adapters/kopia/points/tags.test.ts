import { describe, expect, it } from "vitest";
import type { Snapshot } from "../snapshots.ts";
import { decodedTag, figuresOf, figureTags, partTags, pointTags, refOf } from "./tags.ts";

const ref = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };

/** As Kopia keeps what is given to it as flags. */
function snapshot(
  flags: readonly string[],
  userName = "stackhold",
): Pick<Snapshot, "source" | "tags"> {
  const tags = flags.map((flag) => {
    const [, name = "", value = ""] = /^--tags=([^:]*):(.*)$/s.exec(flag) ?? [];
    return [`tag:${name}`, value];
  });
  return { source: { host: "word", userName, path: "/x" }, tags: Object.fromEntries(tags) };
}

describe("the tags of a snapshot", () => {
  it.each([ref, { ...ref, host: "a:b@c %" }, { ...ref, unit: "100%\n\x01 ünï/x: y" }])(
    "tell which point it belongs to: %j",
    (point) => {
      expect(refOf(snapshot(pointTags(point, "manifest")))).toEqual(point);
    },
  );

  it("are one line each", () => {
    const flags = partTags({ ...ref, unit: "a\nb" }, { kind: "volume", name: "x\r\n" });
    expect(flags.filter((flag) => /[\n\r]/.test(flag))).toEqual([]);
    expect(decodedTag(snapshot(flags), "volume")).toBe("x\r\n");
  });

  it("say the time as RFC 3339, for people", () => {
    expect(pointTags(ref, "manifest")).toContain("--tags=timestamp:2026-11-20T02:00:00Z");
  });

  it("are nobody else's", () => {
    expect(refOf(snapshot(pointTags(ref, "manifest"), "root"))).toBeUndefined();
    expect(refOf(snapshot(["--tags=unit:shop", "--tags=backup_id:x"]))).toBeUndefined();
  });
});

describe("the figures of a point", () => {
  const figures = {
    ...{ createdAt: "2026-11-20T02:00:00.123Z", scope: "standard", kind: "stack" as const },
    ...{ bytes: 5, storedBytes: 3, imageBytes: 1, warnings: 2 },
  };
  const of = (more: Readonly<Record<string, string | number>>) =>
    figuresOf(snapshot(pointTags(ref, "manifest", { ...figureTags(figures), ...more })), "then");

  it("come back", () => {
    expect(of({})).toEqual({ ...figures, status: "complete" });
  });

  it.each([
    [{ size_bytes: "many" }, "damaged"],
    [{ format: 2 }, "newer"],
  ])("are not read where they cannot be: %j", (more, status) => {
    expect(of(more)).toMatchObject({ status, createdAt: "then", bytes: 0 });
  });
});
