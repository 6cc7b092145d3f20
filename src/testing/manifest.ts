import { parseBackupId } from "../domain/backup-id.ts";
import type { Manifest, StoredPart } from "../domain/manifest.ts";
import type { PointRef } from "../ports/repository.ts";

/** A valid manifest of a stopped stack; tests state what matters to them. */
export function aManifest(
  ref: PointRef,
  parts: readonly StoredPart[],
  over: Partial<Manifest> = {},
): Manifest {
  const createdAt = parseBackupId(ref.backupId)?.toISOString() ?? "2026-11-20T02:00:00.000Z";
  return {
    format: 1,
    unit: ref.unit,
    kind: "stack",
    backupId: ref.backupId,
    host: ref.host,
    createdAt,
    finishedAt: createdAt,
    frozenAt: createdAt,
    scope: "standard",
    quiesce: "stop",
    freeze: "none",
    downtimeMs: 1234,
    readyMs: 2345,
    engine: { name: "web01", version: "20.10.24", apiVersion: "1.41" },
    tools: { tar: "1.34", zstd: "1.5.4" },
    members: [],
    volumes: [],
    parts: [...parts],
    coverage: { protected: [], excluded: [], gaps: [] },
    warnings: [],
    ...over,
  };
}
