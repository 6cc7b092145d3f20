import type { Manifest, StoredPart } from "../../../domain/manifest.ts";
import type { Member } from "../../../domain/unit.ts";
import type { Deps } from "../../context.ts";
import { pairUp } from "../pair-up.ts";
import type { WrittenProject } from "./write-project.ts";

const label = (name: string) => `com.docker.compose.${name}`;

/** What the copy's containers have mounted in the place of one of the original's volumes. */
function mounted(
  { source }: StoredPart,
  manifest: Manifest,
  members: readonly Member[],
): string | undefined {
  for (const [recorded, member] of pairUp(manifest.members, members)) {
    const mounts = recorded.mounts.filter(({ volume }) => volume === source);
    for (const { destination } of mounts) {
      const found = member.mounts.find((mount) => mount.destination === destination);
      if (found?.volume !== undefined) return found.volume;
    }
  }
  return undefined;
}

/** As Compose makes it once a service that uses it is created. */
async function madeAhead(
  { source }: StoredPart,
  manifest: Manifest,
  { compose: { project }, volumes }: WrittenProject,
  deps: Deps,
): Promise<string | undefined> {
  const key = manifest.volumes.find(({ name }) => name === source)?.labels[label("volume")];
  if (key === undefined || !(key in volumes)) return undefined;
  const own = { [label("project")]: project, [label("volume")]: key };
  await deps.engine.createVolume(`${project}_${key}`, { ...volumes[key]?.labels, ...own });
  return `${project}_${key}`;
}

/**
 * The engine's name of the copy's volume for each part. One that no container mounts is made here,
 * unless no service uses it: that has none.
 */
export async function volumesOf(
  parts: readonly StoredPart[],
  manifest: Manifest,
  members: readonly Member[],
  written: WrittenProject,
  deps: Deps,
): Promise<ReadonlyMap<StoredPart, string>> {
  const names = new Map<StoredPart, string>();
  for (const part of parts) {
    const name =
      mounted(part, manifest, members) ?? (await madeAhead(part, manifest, written, deps));
    if (name !== undefined) names.set(part, name);
  }
  return names;
}
