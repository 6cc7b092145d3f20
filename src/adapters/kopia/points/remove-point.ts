import { StackholdError } from "../../../errors.ts";
import type { PointRef } from "../../../ports/repository.ts";
import type { Snapshot } from "../snapshots.ts";
import { isManifest, isSame, type PointSnapshot, pointSnapshots } from "./catalogue.ts";
import { deleteSnapshots } from "./delete-snapshots.ts";
import { unusedImages } from "./images.ts";
import { isPinned, manifestsOf, pinName } from "./list-points.ts";
import type { PointDeps } from "./point-deps.ts";
import { newerFormat, unknownPoint } from "./point-errors.ts";
import { figuresOf } from "./tags.ts";
import { claims } from "./writing-point.ts";

/** The published point, of which this version knows the form. */
export function requireOurs(
  all: readonly Snapshot[],
  ref: PointRef,
  { name }: Pick<PointDeps, "name">,
): PointSnapshot {
  const found = manifestsOf(all).find((one) => isSame(one.ref, ref));
  if (found === undefined) throw unknownPoint(name, ref);
  if (figuresOf(found.snapshot, "").status === "newer") throw newerFormat(name, ref);
  return found;
}

/** The manifest goes first: without it there is no point. What it freed is counted when maintenance frees it. */
export async function removePoint(
  ref: PointRef,
  deps: PointDeps,
): Promise<{ readonly freedBytes: number }> {
  const all = await deps.catalogue.fresh();
  const manifest = requireOurs(all, ref, deps);
  if (isPinned(manifest)) {
    throw new StackholdError(
      "POINT_PINNED",
      `point ${ref.backupId} of ${ref.unit} in ${deps.name} is pinned`,
      { hint: `stackhold admin snapshot unpin ${ref.unit} ${ref.backupId} lets it go` },
    );
  }
  const own = pointSnapshots(all).filter((one) => isSame(one.ref, ref));
  const [manifests, others] = [own.filter(isManifest), own.filter((one) => !isManifest(one))];
  await deleteSnapshots(deps, manifests.map(idOf));
  const left = manifestsOf(all).filter((one) => !isSame(one.ref, ref));
  const isBusy = (await claims(deps.workDir)).some(
    (one) => one.isLiving && one.ref?.unit === ref.unit,
  );
  const images = isBusy ? [] : unusedImages(all, left, ref);
  await deleteSnapshots(deps, [...others.map(idOf), ...images]);
  const { storedBytes, imageBytes } = figuresOf(manifest.snapshot, "");
  return { freedBytes: storedBytes - imageBytes };
}

function idOf({ snapshot }: PointSnapshot): string {
  return snapshot.id;
}

export async function pinPoint(ref: PointRef, pinned: boolean, deps: PointDeps): Promise<void> {
  const manifest = requireOurs(await deps.catalogue.fresh(), ref, deps);
  if (isPinned(manifest) === pinned) return;
  const change = `--${pinned ? "add" : "remove"}=${pinName}`;
  await deps.client.run(["snapshot", "pin", manifest.snapshot.id, change]);
  deps.catalogue.forget(); // Kopia gives it another id
}
