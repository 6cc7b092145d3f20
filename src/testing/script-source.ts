import type { ArchiveFile, Manifest, RecordedMember, StoredPart } from "../domain/manifest.ts";
import { parsePart } from "../domain/part.ts";
import type { HandedPart, ScriptSource } from "../domain/restore-script/source.ts";
import { aManifest } from "./manifest.ts";

export const ref = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const sha256 = "a".repeat(64);

export function archive(file: string, role: ArchiveFile["role"] = "hot"): ArchiveFile {
  return { file, role, compression: "zstd", bytes: 1, sha256 };
}

export function part(text: string, source: string, ...archives: ArchiveFile[]): StoredPart {
  const { kind, name = "" } = parsePart(text);
  const sizes = { bytes: 10, allocatedBytes: 7, files: 1, storedBytes: 1, deltaBytes: 0 };
  return { kind, name, source, type: "directory", ...sizes, archives };
}

export function member(name: string, over: Partial<RecordedMember> = {}): RecordedMember {
  return {
    name,
    number: 1,
    oneOff: false,
    image: { reference: "shop:1", id: "sha256:1" },
    running: true,
    restartPolicy: "always",
    dependsOn: [],
    mounts: [],
    ...over,
  };
}

export function sourceOf(parts: readonly StoredPart[], over: Partial<Manifest> = {}): ScriptSource {
  return {
    manifest: aManifest(ref, parts, over),
    parts: parts.map((one): HandedPart => ({ chosen: { part: one }, files: one.archives })),
    images: over.images ?? [],
    isWhole: true,
    reserved: [],
    networks: [],
    inspections: new Map(),
    version: "1.2.3",
  };
}
