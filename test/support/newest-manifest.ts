import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, manifestSchema } from "../../src/domain/manifest.ts";
import type { Workspace } from "./workspace.ts";

/** What the newest point of a unit says of itself, as it is on disk. */
export function newestManifest(
  { backupDir }: Workspace,
  unit: string,
  host = "testhost",
): Manifest {
  const file = join(backupDir, host, unit, "latest", "manifest.json");
  return manifestSchema.parse(JSON.parse(readFileSync(file, "utf8")));
}
