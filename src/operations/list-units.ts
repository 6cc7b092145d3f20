import { databaseOf } from "../domain/discovery/databases.ts";
import { volumesOf } from "../domain/discovery/describe-unit.ts";
import type { UnreachableRepository } from "../domain/point-results.ts";
import { type Unit, unitState } from "../domain/unit.ts";
import { asStackholdError } from "../errors.ts";
import { isOwn, type PointSummary, type Repository } from "../ports/repository.ts";
import type { Deps } from "./context.ts";
import { discoverUnits } from "./discover-units.ts";
import { knownGaps } from "./known-gaps.ts";
import { unreachable } from "./points/gather-points.ts";
import { isYetToCome } from "./points/has-stored-in.ts";
import { type PolicyFor, policyOf } from "./policy-of.ts";

export interface ListedService {
  readonly name: string;
  readonly image: string;
  readonly digest?: string;
  readonly state: string;
  readonly health?: string;
  readonly database?: string;
}

export interface ListedUnit {
  readonly unit: string;
  readonly kind: string;
  readonly state: string;
  readonly workingDir?: string;
  readonly services: readonly ListedService[];
  readonly volumes: readonly string[];
  readonly binds: readonly string[];
  readonly skipStop: boolean;
  /** Backup id of the newest complete point in any repository that answers. */
  readonly lastPoint?: string;
  /** No complete point that is younger than `max_age`. */
  readonly overdue: boolean;
  /** What its last backup did not protect; without what is accepted. */
  readonly gaps: readonly string[];
}

export interface UnitList {
  readonly units: readonly ListedUnit[];
  readonly warnings: readonly string[];
  /** Repositories whose points are not known, so that the newest of a unit may be another. */
  readonly unreachable: readonly UnreachableRepository[];
  /** Repositories that the first backup will make. */
  readonly toCome: readonly Repository[];
}

type Digests = ReadonlyMap<string, string>;

function servicesOf(unit: Unit, digests: Digests): ListedService[] {
  const present = unit.containers.map((container): ListedService => {
    const digest = digests.get(container.imageId);
    const database = databaseOf(container.image);
    return {
      name: container.labels["com.docker.compose.service"] ?? container.name,
      image: container.image,
      ...(digest === undefined ? {} : { digest }),
      state: container.state,
      ...(container.health === undefined ? {} : { health: container.health }),
      ...(database === undefined ? {} : { database }),
    };
  });
  const absent = unit.absentServices.map(({ name, image = "" }): ListedService => {
    const database = databaseOf(image);
    return { name, image, state: "absent", ...(database === undefined ? {} : { database }) };
  });
  return [...present, ...absent];
}

function bindsOf(unit: Unit): string[] {
  const mounts = unit.containers.flatMap((container) => container.mounts);
  return [...new Set(mounts.filter((m) => m.type === "bind").map((m) => m.source))].sort();
}

async function newestPoints(deps: Deps) {
  const host = deps.settings.host ?? (await deps.engine.info()).name;
  const newest = new Map<string, PointSummary>();
  const silent: UnreachableRepository[] = [];
  const toCome: Repository[] = [];
  for (const repository of deps.repositories) {
    try {
      for (const point of (await repository.list({ host })).filter(isOwn)) {
        const known = newest.get(point.unit);
        if (point.status !== "complete" || (known && known.backupId >= point.backupId)) continue;
        newest.set(point.unit, point);
      }
    } catch (thrown) {
      const error = asStackholdError(thrown);
      const isAway = error.code === "REPOSITORY_UNUSABLE";
      if (isAway && (await isYetToCome(repository, deps))) toCome.push(repository);
      else silent.push(unreachable({ name: repository.name, error }));
    }
  }
  return { newest, unreachable: silent, toCome };
}

/** Every unit with its services, data and newest point. */
export async function listUnits(policyFor: PolicyFor, deps: Deps): Promise<UnitList> {
  const found = await discoverUnits(deps.settings, deps);
  const [images, stored] = await Promise.all([deps.engine.images(), newestPoints(deps)]);
  const { newest, toCome, unreachable: silent } = stored;
  const warnings = [...found.warnings];
  const digests: Digests = new Map(
    images.flatMap(({ id, digests: [first] }) =>
      first === undefined ? [] : [[id, first] as const],
    ),
  );
  const now = deps.clock.now().getTime();
  const units = found.units.map((unit): ListedUnit => {
    const { policy, problem } = policyOf(unit, policyFor);
    if (problem !== undefined) warnings.push(problem.message);
    const { maxAge, skipStop, accept } = policy;
    const point = newest.get(unit.name);
    const age = point === undefined ? Number.POSITIVE_INFINITY : now - Date.parse(point.createdAt);
    return {
      unit: unit.name,
      kind: unit.kind,
      state: unitState(unit),
      ...(unit.workingDir === undefined ? {} : { workingDir: unit.workingDir }),
      services: servicesOf(unit, digests),
      volumes: volumesOf(unit),
      binds: bindsOf(unit),
      skipStop,
      ...(point === undefined ? {} : { lastPoint: point.backupId }),
      overdue: age > maxAge * 1000,
      gaps: knownGaps(unit.name, deps).filter((gap) => !accept.includes(gap)),
    };
  });
  return { units, warnings, unreachable: silent, toCome };
}
