import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pointPaths } from "../adapters/archive/layout.ts";
import type { ArchiveFile, Compression, StoredPart } from "../domain/manifest.ts";
import { type PartId, partStem } from "../domain/part.ts";
import type { ArchiveLayers, Measure } from "../ports/capture.ts";
import type { PointRef } from "../ports/repository.ts";
import { storeHot } from "./layers.ts";
import { aManifest } from "./manifest.ts";

export interface Passes extends PartId {
  readonly tree: string;
  /** What befalls the tree between the passes. */
  readonly change: () => void;
  /** Of the tree in the end. */
  readonly measure: (tree: string) => Measure;
}

/** Lays a point of parts stored in two passes into an archive repository that is open, by hand. */
export function layPoint(
  root: string,
  ref: PointRef,
  passes: readonly Passes[],
  compression: Compression = "zstd",
): string {
  const { point, unit } = pointPaths(root, ref);
  mkdirSync(point, { recursive: true, mode: 0o700 });
  const parts = passes.map(({ kind, name, tree, change, measure }): StoredPart => {
    const hot = storeHot(tree, join(point, partStem({ kind, name })), compression);
    change();
    const archives = describe(hot.finish(), compression);
    const sizeOf = (roles: string[]) =>
      archives.reduce((sum, { role, bytes }) => sum + (roles.includes(role) ? bytes : 0), 0);
    return {
      kind,
      name,
      source: tree,
      type: statSync(tree).isFile() ? "file" : "directory",
      ...measure(tree),
      storedBytes: sizeOf(["hot", "deleted", "delta", "listing"]),
      deltaBytes: sizeOf(["delta"]),
      archives,
    };
  });
  const manifest = aManifest(ref, parts, { freeze: "two-phase" });
  writeFileSync(join(point, "manifest.json"), JSON.stringify(manifest, undefined, 2));
  rmSync(join(unit, "latest"), { force: true });
  symlinkSync(ref.backupId, join(unit, "latest"));
  return point;
}

function describe(layers: ArchiveLayers, compression: Compression): ArchiveFile[] {
  const roles = ["hot", "deleted", "delta", "listing"] as const;
  return roles.flatMap((role) => {
    const path = layers[role];
    if (path === undefined) return [];
    return [
      {
        file: basename(path),
        role,
        compression: role === "deleted" ? ("none" as const) : compression,
        bytes: statSync(path).size,
        sha256: createHash("sha256").update(readFileSync(path)).digest("hex"),
      },
    ];
  });
}
