import { z } from "zod";
import { composeFacts } from "../../../domain/discovery/compose-labels.ts";
import { ofEveryEngine } from "../../../domain/networks/of-every-engine.ts";
import { networkNames } from "../../../domain/recipe/networks.ts";
import { coverageManifestOf, storedOf } from "./coverage-manifest.ts";
import { type Inspected, inspectionsOf } from "./inspections.ts";
import type { StoredFile } from "./stored-file.ts";

/** What a point should hold, and of what it is, by its recipe; small enough to be remembered. */
export const expectedSchema = z.object({
  kind: z.enum(["stack", "standalone"]),
  /** The engine's names. */
  volumes: z.array(z.string()),
  /** Host paths; none where the version did not store binds. */
  binds: z.array(z.string()),
  /** Whether the unit had networks of its own. */
  networks: z.boolean(),
});

export type Expected = z.infer<typeof expectedSchema>;

function volumesOf(inspected: readonly Inspected[]): string[] {
  const mounts = inspected.flatMap(({ member }) => member.mounts);
  return mounts.flatMap(({ type, volume }) => (type === "volume" && volume ? [volume] : []));
}

function hasNetworks(inspected: readonly Inspected[]): boolean {
  const described = inspected.map(({ member: { id, name }, raw }) => ({ id, name, raw }));
  return networkNames(described).some((name) => !ofEveryEngine.includes(name));
}

export function isStack(inspected: readonly Inspected[]): boolean {
  return inspected.some(({ member }) => composeFacts(member.labels) !== undefined);
}

/** A recipe that says what was stored is believed; else every volume that a container mounts was. */
export function expectedOf(files: readonly StoredFile[]): Expected {
  const inspected = inspectionsOf(files);
  const manifest = coverageManifestOf(files);
  const volumes = manifest === undefined ? volumesOf(inspected) : storedOf(manifest, "volume");
  return {
    kind: inspected.length === 0 || isStack(inspected) ? "stack" : "standalone",
    volumes: [...new Set(volumes)],
    binds: manifest === undefined ? [] : [...new Set(storedOf(manifest, "bind"))],
    networks: hasNetworks(inspected),
  };
}
