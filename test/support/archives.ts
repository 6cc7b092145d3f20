import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../bed/run.ts";
import type { Workspace } from "./workspace.ts";

/** Where the workspace's repository has a point. */
export function pointDirectory(workspace: Workspace, unit: string, backupId: string): string {
  return join(workspace.backupDir, "testhost", unit, backupId);
}

/** Parts that describe a unit and hold none of its data; tests of the recipe look into them. */
const described = ["recipe", "networks", "engine"];

export function ofData<P extends { readonly kind: string }>(parts: readonly P[]): P[] {
  return parts.filter(({ kind }) => !described.includes(kind));
}

/** Names in every archive of a point's data, by part as on disk, as tar alone tells them. */
export async function archivedNames(directory: string): Promise<Record<string, string[]>> {
  const files = (await readdir(directory)).filter((name) => name.endsWith(".tar.zst")).sort();
  const parts: Record<string, string[]> = {};
  for (const file of files) {
    if (described.some((kind) => file.startsWith(`${kind}.tar`))) continue;
    const { stdout } = await run(["tar", "-I", "zstd", "-tf", join(directory, file)]);
    const part = file.replace(/(\.delta)?\.tar\.zst$/, "");
    const names = [...(parts[part] ?? []), ...stdout.split("\n").filter(Boolean)];
    parts[part] = [...new Set(names)].sort();
  }
  return parts;
}
