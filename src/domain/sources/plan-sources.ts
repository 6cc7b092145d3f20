import { formatPart, type PartId } from "../part.ts";
import type { ExcludeRule } from "../policy.ts";
import {
  isHostPath,
  isInside,
  type ReservedPath,
  refusal,
  reservedBelow,
} from "../refused-paths.ts";
import type { Candidate, CandidateList, Exclusion, Unprotected } from "./candidates.ts";

/** What somebody who looked at a path found there. */
export interface ProbedPath {
  readonly type: "directory" | "file" | "socket" | "device" | "fifo" | "missing" | "unreadable";
  readonly realPath: string;
  readonly isMountPoint?: boolean;
  readonly detail?: string;
}

/** A tree to capture as one part. */
export interface PlannedSource extends PartId {
  readonly source: string;
  readonly path: string;
  readonly type: "directory" | "file";
  /** gitignore patterns relative to the root. */
  readonly exclude: readonly string[];
  /** The engine mounts it only while a container uses it; without, its path shows nothing of it. */
  readonly isMountedOnUse?: boolean;
}

export interface SourcePlan {
  readonly sources: readonly PlannedSource[];
  readonly protected: readonly string[];
  readonly excluded: readonly Exclusion[];
  readonly gaps: readonly Unprotected[];
}

export interface SourceContext {
  /** Captured as the part `project`; absent for standalone containers and in scope minimal. */
  readonly projectDir?: string;
  /** False: configuration only, no data. */
  readonly includeData: boolean;
  readonly exclude: readonly ExcludeRule[];
  readonly reserved: readonly ReservedPath[];
  /** By the candidate's path. */
  readonly probes: ReadonlyMap<string, ProbedPath>;
}

/** A source before it is known what of it others store, and what nobody does. */
interface Found extends PlannedSource {
  /** Paths inside it that it does not store. */
  readonly without: readonly string[];
}

type Judged =
  | { readonly source: Found }
  | { readonly excluded: Exclusion }
  | { readonly gap: Unprotected };

/** gitignore pattern that names exactly one path below the root. */
function anchored(path: string, root: string): string {
  const relative = path.slice(root === "/" ? 1 : root.length + 1);
  return `/${relative.replaceAll(/[\\*?[\]!# ]/g, "\\$&")}`;
}

function judge(candidate: Candidate, context: SourceContext): Judged {
  const what = formatPart(candidate);
  const probe = context.probes.get(candidate.path);
  const places = [candidate.path, ...(probe === undefined ? [] : [probe.realPath])];
  const isVolume = candidate.kind === "volume" && candidate.isBound !== true;
  if (candidate.kind !== "project" && !isVolume && places.some(isHostPath)) {
    return { excluded: { what, rule: "host: belongs to the machine, not to the unit" } };
  }
  if (probe === undefined || probe.type === "missing") {
    return { gap: { what, why: `${candidate.path} does not exist` } };
  }
  if (probe.type === "unreadable") {
    return {
      gap: { what, why: `${candidate.path} cannot be read: ${probe.detail ?? "no reason given"}` },
    };
  }
  if (probe.type !== "directory" && probe.type !== "file") {
    return { excluded: { what, rule: `no data: ${probe.type}` } };
  }
  const { mountedOnUse } = candidate;
  if (mountedOnUse !== undefined && probe.isMountPoint !== true) {
    const why = `${mountedOnUse}, which is mounted only while a container that uses it runs, and none does`;
    return { gap: { what, why } };
  }
  const refused = isVolume ? undefined : refusal(probe.realPath, context.reserved);
  if (refused !== undefined) return { gap: { what, why: refused } };
  const { kind, name, source, exclude } = candidate;
  const { type, realPath: path } = probe;
  const onUse = mountedOnUse === undefined ? {} : { isMountedOnUse: true };
  return { source: { kind, name, source, path, type, exclude, ...onUse, without: [] } };
}

/** The source that stores this one along with itself. */
function outermost(source: Found, all: readonly Found[]): Found | undefined {
  return all.find((other) => {
    if (other === source || other.type !== "directory") return false;
    if (other.path === source.path) return all.indexOf(other) < all.indexOf(source);
    if (!isInside(source.path, other.path)) return false;
    return !other.without.some((path) => isInside(source.path, path));
  });
}

/** Takes paths out of every source that has them inside; a source itself is never taken out so. */
function without(sources: readonly Found[], paths: readonly string[]): Found[] {
  return sources.map((source) => {
    const inner = paths.filter((path) => path !== source.path && isInside(path, source.path));
    return source.type === "directory" && inner.length > 0
      ? { ...source, without: [...source.without, ...inner] }
      : source;
  });
}

function projectSource(context: SourceContext): Judged | undefined {
  if (context.projectDir === undefined) return undefined;
  const { projectDir } = context;
  return judge(
    { kind: "project", name: "", source: projectDir, path: projectDir, exclude: [] },
    context,
  );
}

/** With `include_data: false` only files and the project remain, its data directories left out. */
function configurationOnly(sources: readonly Found[]) {
  const isConfiguration = (s: Found) =>
    s.kind === "project" || (s.kind === "bind" && s.type === "file");
  const data = sources.filter((source) => !isConfiguration(source));
  const excluded = data.map((s) => ({ what: formatPart(s), rule: "include_data: false" }));
  const paths = data.map((source) => source.path);
  return { kept: without(sources.filter(isConfiguration), paths), excluded };
}

/** What patterns and reserved places leave out of the sources, for people. */
function exclusionsIn(sources: readonly Found[], { exclude, reserved }: SourceContext) {
  if (sources.length === 0) return [];
  const places = sources
    .filter((source) => source.type === "directory")
    .flatMap((source) => reservedBelow(source.path, reserved))
    .map((place) => ({ what: place.path, rule: `never captured: ${place.what}` }));
  const ofVolumes = sources.flatMap((source) =>
    source.exclude.map((pattern) => ({
      what: `${pattern} in ${formatPart(source)}`,
      rule: "label stackhold.exclude of the volume",
    })),
  );
  const patterns = exclude.map(({ pattern, rule }) => ({ what: pattern, rule }));
  return [...places, ...ofVolumes, ...patterns];
}

/** Anchored patterns come last: no other one takes them back. */
function planned(source: Found, { exclude }: SourceContext): PlannedSource {
  const { without: left, ...rest } = source;
  const patterns = [...exclude.map(({ pattern }) => pattern), ...source.exclude];
  return { ...rest, exclude: [...patterns, ...left.map((path) => anchored(path, source.path))] };
}

/** Where the label leaves something out, nobody else's part brings it in. */
function leftOutPaths(list: CandidateList, { probes }: SourceContext): string[] {
  return list.leftOut.map(({ candidate: { path } }) => probes.get(path)?.realPath ?? path);
}

/**
 * Decides for each mount and for the project directory: captured as which part, left out by which
 * rule, or a gap. Sources inside one another are stored once, with the outermost.
 */
export function planSources(list: CandidateList, context: SourceContext): SourcePlan {
  const project = projectSource(context);
  const judged = [
    ...(project === undefined ? [] : [project]),
    ...list.candidates.map((c) => judge(c, context)),
  ];
  const found = judged.flatMap((j) => ("source" in j ? [j.source] : []));
  const reserved = context.reserved.map((place) => place.path);
  const apart = without(found, [...leftOutPaths(list, context), ...reserved]);
  const { kept, excluded } = context.includeData
    ? { kept: apart, excluded: [] }
    : configurationOnly(apart);
  const outer = kept.filter((source) => outermost(source, kept) === undefined);
  return {
    sources: outer.map((source) => planned(source, context)),
    protected: kept.map(formatPart),
    excluded: [
      ...list.excluded,
      ...list.leftOut.map(({ candidate, rule }) => ({ what: formatPart(candidate), rule })),
      ...judged.flatMap((j) => ("excluded" in j ? [j.excluded] : [])),
      ...excluded,
      ...exclusionsIn(outer, context),
    ],
    gaps: [...list.gaps, ...judged.flatMap((j) => ("gap" in j ? [j.gap] : []))],
  };
}
