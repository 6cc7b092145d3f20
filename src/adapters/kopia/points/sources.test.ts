import { describe, expect, it } from "vitest";
import { formatSource, isOurs, ownerOf, partSource, sidecarSource } from "./sources.ts";

const ref = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const data = { kind: "volume", name: "data" } as const;

describe("the source of a part", () => {
  it("is the same for every point of a unit", () => {
    const later = { ...ref, backupId: "2026-11-21T02-00-00Z" };
    expect(partSource(ref, data)).toBe("stackhold@web01:/shop/volume/data");
    expect(partSource(later, data)).toBe(partSource(ref, data));
  });

  it("is another than that of the sidecars, of another kind, unit or host", () => {
    const sources = [
      ...[partSource(ref, data), sidecarSource(ref)],
      partSource(ref, { ...data, kind: "bind" }),
      ...[partSource({ ...ref, unit: "a/b" }, data), partSource({ ...ref, unit: "a%2Fb" }, data)],
      ...[partSource({ ...ref, host: "a:b" }, data), partSource({ ...ref, host: "a%3Ab" }, data)],
    ];
    expect(new Set(sources).size).toBe(sources.length);
  });

  it("is one that Kopia reads as it was meant, whatever the host is called", () => {
    const source = partSource({ ...ref, host: "a@b:c/d e%" }, data);
    const [, userName = "", host = "", path = ""] = /^([^@]*)@([^:]*):(.*)$/.exec(source) ?? [];
    expect(isOurs({ userName })).toBe(true);
    expect(host).not.toMatch(/[@:/\s]/);
    expect(formatSource({ userName, host, path })).toBe(source);
    expect(source.startsWith(`${ownerOf("a@b:c/d e%")}:`)).toBe(true);
  });
});
