import type { StoredPart } from "../../../domain/manifest.ts";
import type { PartKind } from "../../../domain/part.ts";
import type { Activity } from "../../../ports/capture.ts";
import type { PartSource, PendingPart } from "../../../ports/repository.ts";
import { describeSidecar, plain, type SidecarPlace } from "./sidecar.ts";
import type { StoringPoint } from "./store-part.ts";

const gathered: readonly PartKind[] = ["recipe", "networks", "engine"];

/** Written by Stackhold for this very point: small, at rest, and in Kopia's eyes all new. */
export function isGathered({ kind, passes }: PartSource): boolean {
  return passes === undefined && gathered.includes(kind);
}

/** All of it as one archive in its sidecar, so that Kopia is not started for it. */
export async function storeWhole(
  { capture, ended }: StoringPoint,
  { kind, name, source, tree }: PartSource,
  { path, name: sidecar }: SidecarPlace,
  activity: Activity,
): Promise<PendingPart> {
  const { unsteady, tooLong, bytes, files, allocatedBytes } = await capture.archive(
    tree,
    plain(path, "hot.tar"),
    activity,
  );
  const settled = async (): Promise<StoredPart> => ({
    ...{ kind, name, source, type: tree.type, bytes, files },
    ...(allocatedBytes === undefined ? {} : { allocatedBytes }),
    ...{ storedBytes: 0, deltaBytes: 0, kopia: { sidecar } },
    archives: await describeSidecar(path, ended),
  });
  let part: Promise<StoredPart> | undefined;
  return {
    unsteady,
    ...(tooLong === undefined ? {} : { tooLong }),
    settle: () => (part ??= settled()),
  };
}
