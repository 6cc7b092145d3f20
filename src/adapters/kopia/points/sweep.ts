import type { Glance, PointRef } from "../../../ports/repository.ts";
import type { Snapshot } from "../snapshots.ts";
import { isManifest, keyOf, pointSnapshots } from "./catalogue.ts";
import { deleteSnapshots } from "./delete-snapshots.ts";
import { unusedImages } from "./images.ts";
import { manifestsOf } from "./list-points.ts";
import type { PointDeps } from "./point-deps.ts";
import { unitWord, unitWordOf } from "./sources.ts";
import { claims, release } from "./writing-point.ts";

/** What nobody on this host claims may be another Stackhold's of the same host name, which is still at it. */
const abandonedAfterMs = 24 * 60 * 60 * 1000;

/** Removes what dead runs of a host left: snapshots of points that were never published, and what they gathered here. */
export async function sweepHost(
  host: string,
  { recent }: Glance,
  deps: PointDeps,
): Promise<PointRef[]> {
  // In this order: who begins in between is seen to be living, or has no snapshot yet.
  const all = await (recent ? deps.catalogue.recent() : deps.catalogue.fresh());
  const found = await claims(deps.workDir);
  const living = found.flatMap(({ isLiving, ref }) => (isLiving && ref !== undefined ? [ref] : []));
  const safe = new Set(living.map(keyOf));
  const own = pointSnapshots(all).filter(({ ref }) => ref.host === host);
  const published = new Set(own.filter(isManifest).map(({ ref }) => keyOf(ref)));
  const dead = found.filter(({ isLiving, ref }) => !isLiving && (ref?.host ?? host) === host);
  const ours = new Set(dead.flatMap(({ ref }) => (ref === undefined ? [] : [keyOf(ref)])));
  const isOld = ({ startTime }: Snapshot) =>
    deps.clock.now().getTime() - Date.parse(startTime) > abandonedAfterMs;
  const partial = own.filter(
    ({ ref, snapshot }) =>
      !published.has(keyOf(ref)) &&
      !safe.has(keyOf(ref)) &&
      (ours.has(keyOf(ref)) || isOld(snapshot)),
  );
  const units = new Set(own.map(({ ref }) => ref.unit));
  const busy = new Set(living.map(({ unit }) => unit));
  const images = [...units]
    .filter((unit) => !busy.has(unit))
    .flatMap((unit) => unusedImages(all.filter(isOld), manifestsOf(all), { host, unit }));
  const ids = [
    ...partial.map(({ snapshot }) => snapshot.id),
    ...checkpoints(all, host, busy),
    ...images,
  ];
  await deleteSnapshots(deps, [...new Set(ids)]);
  for (const { directory } of dead) await release(directory);
  const refs = [
    ...partial.map(({ ref }) => ref),
    ...dead.flatMap(({ ref }) => (ref === undefined ? [] : [ref])),
  ];
  const each = new Map(refs.map((ref) => [keyOf(ref), ref]));
  return [...each.values()].filter((ref) => !published.has(keyOf(ref)));
}

/** What Kopia saves of a long upload on the way has no tags, and nobody's use once no run goes on with it. */
function checkpoints(all: readonly Snapshot[], host: string, busy: ReadonlySet<string>): string[] {
  const writing = new Set([...busy].map(unitWord));
  return all.flatMap(({ id, source, incomplete }) => {
    const unit = incomplete === undefined ? undefined : unitWordOf(source, host);
    return unit === undefined || writing.has(unit) ? [] : [id];
  });
}
