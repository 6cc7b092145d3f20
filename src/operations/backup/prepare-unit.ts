import { compareText } from "../../domain/compare-text.ts";
import { placesOfHost } from "../../domain/directories-above.ts";
import { parseComposeFile } from "../../domain/discovery/compose-file.ts";
import { ownVolumes } from "../../domain/discovery/own-volumes.ts";
import { backupHooks, type HookPlan } from "../../domain/hooks.ts";
import type { RecordedDirectory } from "../../domain/manifest.ts";
import { stopTimeoutOf, type UnitPolicy } from "../../domain/policy.ts";
import { absentServiceGaps } from "../../domain/sources/absent-services.ts";
import { listCandidates, type Unprotected } from "../../domain/sources/candidates.ts";
import { liveShared } from "../../domain/sources/live-shared.ts";
import { planSources, type SourcePlan } from "../../domain/sources/plan-sources.ts";
import type { ContainerSummary, Member, Unit, Volume } from "../../domain/unit.ts";
import type { Probe } from "../../ports/capture.ts";
import type { ComposeProject } from "../../ports/composer.ts";
import { composeProject } from "../compose-project.ts";
import type { Deps } from "../context.ts";
import { inspectAll } from "../inspect-all.ts";
import { asleep } from "../outage/journaled.ts";
import { lastingWarnings } from "../outage/lasting.ts";
import { type OutagePlan, planOutage } from "../outage/plan-outage.ts";
import { type Gathered, gather } from "../recipe/gather.ts";
import { reservedPaths } from "../reserved-paths.ts";
import { notAsAsked, planFreeze, type SourceFreeze } from "./freeze/plan-freeze.ts";
import type { Surroundings } from "./look-around.ts";

/** Everything about a unit that a backup decides before it touches anything. */
export interface PreparedUnit {
  readonly unit: Unit;
  readonly policy: UnitPolicy;
  readonly members: readonly Member[];
  readonly surroundings: Surroundings;
  readonly volumes: readonly Volume[];
  readonly plan: SourcePlan;
  readonly outage: OutagePlan;
  readonly hooks: HookPlan;
  /** Of each source, in their order. */
  readonly freezes: readonly SourceFreeze[];
  /**
   * Stored besides the sources, when the unit runs again, and no part of `plan` yet. Under way, since
   * nothing is decided by it: awaited before anything is stopped, and before this unit's work ends.
   */
  readonly gathering: Promise<Gathered>;
  /** Above what is stored of the host. */
  readonly directories: readonly RecordedDirectory[];
  /** What is known beforehand to keep the point from being of one instant. */
  readonly warnings: readonly string[];
}

/** They belong to the recipe. */
export function savesImages({ policy }: Pick<PreparedUnit, "policy">): boolean {
  return policy.images === "save" && policy.scope !== "minimal";
}

async function probeAll(paths: readonly string[], deps: Deps): Promise<Map<string, Probe>> {
  const probes = await Promise.all(
    paths.map(async (path) => [path, await deps.capture.probe(path)] as const),
  );
  return new Map(probes);
}

function missingPaths(probes: ReadonlyMap<string, Probe>): ReadonlySet<string> {
  return new Set([...probes].flatMap(([path, { type }]) => (type === "missing" ? [path] : [])));
}

/** Those that may live in a network namespace of this unit. */
async function networkGuests(others: readonly ContainerSummary[], deps: Deps): Promise<Member[]> {
  const sharing = others.filter((c) => c.networkOf !== undefined);
  return inspectAll(
    sharing.map((c) => c.id),
    deps.engine,
  );
}

/** Also shows that Compose is there and can read the files, while nothing has been stopped. */
async function servicesOf(project: ComposeProject, deps: Deps): Promise<ReadonlySet<string>> {
  return new Set(parseComposeFile(await deps.composer.config(project)).services.keys());
}

/** What a manager in a container wrote may be in several places of the host. */
function ambiguousPlace({ workingDir, mayBe = [] }: Unit): Unprotected[] {
  if (mayBe.length === 0) return [];
  const why = `the containers say that it is ${workingDir}, which several containers mount: ${mayBe.join(", ")}`;
  return [{ what: "project", why }];
}

async function directoriesOf(
  { sources }: SourcePlan,
  volumes: readonly Volume[],
  { capture }: Deps,
): Promise<RecordedDirectory[]> {
  const places = placesOfHost(sources, volumes);
  const found = (await Promise.all(places.map((path) => capture.directoriesAbove(path)))).flat();
  const byPath = new Map(found.map((directory) => [directory.path, directory]));
  return [...byPath.values()].toSorted((a, b) => compareText(a.path, b.path));
}

export async function prepareUnit(
  unit: Unit,
  policy: UnitPolicy,
  surroundings: Surroundings,
  deps: Deps,
): Promise<PreparedUnit> {
  const members = await inspectAll(
    unit.containers.map((c) => c.id),
    deps.engine,
  );
  const list = listCandidates({
    members,
    volumes: surroundings.volumes,
    project: unit.kind === "stack" ? unit.project : undefined,
    disabled: (container) => policy.containers[container]?.enable === false,
  });
  const volumes = ownVolumes(unit, members, [...surroundings.volumes.values()]);
  const ambiguous = policy.scope === "minimal" ? [] : ambiguousPlace(unit);
  const hasProject = policy.scope !== "minimal" && ambiguous.length === 0;
  const projectDir = hasProject ? unit.workingDir : undefined;
  const probes = await probeAll(
    [
      ...list.candidates.map((c) => c.path),
      ...list.leftOut.map(({ candidate }) => candidate.path),
      ...(projectDir === undefined ? [] : [projectDir]),
    ],
    deps,
  );
  const planned = planSources(list, {
    ...(projectDir === undefined ? {} : { projectDir }),
    includeData: policy.includeData,
    exclude: policy.exclude,
    reserved: await reservedPaths(surroundings.engine.dataRoot, deps),
    probes,
  });
  const absent = policy.includeData ? absentServiceGaps(unit) : [];
  const plan = { ...planned, gaps: [...planned.gaps, ...ambiguous, ...absent] };
  const project = composeProject(unit);
  const { others } = surroundings;
  const leftAlone = policy.skipStop || !policy.includeData || plan.sources.length === 0;
  const way = leftAlone ? "none" : policy.quiesce;
  const services = way === "down" && project ? await servicesOf(project, deps) : undefined;
  const outage = planOutage({
    unit: unit.name,
    way,
    members,
    others: await networkGuests(others, deps),
    stopTimeout: (container) => stopTimeoutOf(policy, container),
    missing: missingPaths(probes),
    ...(project === undefined ? {} : { project }),
    ...(services === undefined ? {} : { services }),
  });
  const warnings = outage.way === "none" ? [] : liveShared(plan.sources, others, policy.accept);
  const lasting = lastingWarnings(outage, plan.sources);
  const freezes = await planFreeze(plan.sources, policy.freeze, outage.way, deps);
  const freezeWarnings = policy.freeze === "auto" ? [] : notAsAsked(freezes, policy.freeze);
  const labelled = members.map((m) => ({ ...asleep(m), state: m.state, oneOff: m.oneOff }));
  const gathering = gather({ unit, members, volumes, policy }, deps);
  gathering.catch(() => undefined); // heard where it is awaited
  return {
    unit,
    policy,
    hooks: backupHooks(policy, labelled),
    members,
    surroundings,
    volumes,
    plan,
    outage,
    freezes,
    gathering,
    directories: await directoriesOf(plan, volumes, deps),
    warnings: [...warnings, ...lasting, ...freezeWarnings],
  };
}
