import { formatPart, type PartId } from "../part.ts";
import type { Member, Mount, Volume } from "../unit.ts";
import { findVolume, volumePartName } from "./volume-finding.ts";

/** A mount whose data could be captured, before anybody looked at its path. */
export interface Candidate extends PartId {
  /** What people and manifests call it: a host path, or the engine's volume name. */
  readonly source: string;
  /** Host path of the data. */
  readonly path: string;
  /** gitignore patterns of the volume's own label. */
  readonly exclude: readonly string[];
  /** A volume that is only another name of a host directory: refused where a bind of it is. */
  readonly isBound?: boolean;
  /** Of a volume that the engine mounts only while a container uses it: what it is. */
  readonly mountedOnUse?: string;
}

export interface Exclusion {
  readonly what: string;
  readonly rule: string;
}

export interface Unprotected {
  readonly what: string;
  readonly why: string;
}

/** It could be captured, but a label says that it is not. */
export interface LeftOut {
  readonly candidate: Candidate;
  readonly rule: string;
}

export interface CandidateList {
  readonly candidates: readonly Candidate[];
  readonly leftOut: readonly LeftOut[];
  readonly excluded: readonly Exclusion[];
  readonly gaps: readonly Unprotected[];
}

/** A candidate with a rule is left out by it. */
export type Finding =
  | { readonly candidate: Candidate; readonly rule?: string }
  | { readonly excluded: Exclusion }
  | { readonly gap: Unprotected };

function examine(mount: Mount, findVolumeOf: (mount: Mount) => Finding): Finding {
  switch (mount.type) {
    case "volume":
      return findVolumeOf(mount);
    case "bind":
      return {
        candidate: {
          kind: "bind",
          name: mount.source,
          source: mount.source,
          path: mount.source,
          exclude: [],
        },
      };
    case "tmpfs":
      return { excluded: { what: `tmpfs:${mount.destination}`, rule: "no data: tmpfs" } };
    case "image":
      return { excluded: { what: `image:${mount.source}`, rule: "no data: read from an image" } };
    default:
      return {
        gap: {
          what: `${mount.type}:${mount.destination}`,
          why: "this kind of mount is not captured",
        },
      };
  }
}

const projectLabel = "com.docker.compose.project";

/** Volumes that Compose made for the stack stay its own when nobody mounts them. */
function ownVolumes(volumes: ReadonlyMap<string, Volume>, project: string): Mount[] {
  const own = [...volumes.values()].filter(({ labels }) => labels[projectLabel] === project);
  return own.map(({ name, mountpoint }) => ({
    type: "volume",
    source: mountpoint,
    volume: name,
    destination: "",
    readOnly: false,
  }));
}

export interface CandidateInput {
  readonly members: readonly Pick<Member, "name" | "mounts" | "devices">[];
  readonly volumes: ReadonlyMap<string, Volume>;
  /** The Compose project; undefined for a standalone container. */
  readonly project: string | undefined;
  /** Containers whose label says that they are not to be backed up. */
  readonly disabled: (container: string) => boolean;
}

function key(mount: Mount): string {
  return `${mount.type} ${mount.volume ?? mount.source} ${mount.type === "tmpfs" ? mount.destination : ""}`;
}

/** Mounts that only disabled containers use, left out by that rule. */
function splitDisabled({ members, disabled }: CandidateInput): { used: Mount[]; unused: Mount[] } {
  const used = members.filter((m) => !disabled(m.name)).flatMap((m) => m.mounts);
  const known = new Set(used.map(key));
  const others = members.filter((m) => disabled(m.name)).flatMap((m) => m.mounts);
  return { used, unused: others.filter((mount) => !known.has(key(mount))) };
}

/**
 * Every mount of every member once, and every volume of the stack that no member mounts, as a
 * candidate, an exclusion or a gap.
 */
export function listCandidates(input: CandidateInput): CandidateList {
  const { volumes, project = "" } = input;
  const candidates = new Map<string, Candidate>();
  const leftOut = new Map<string, LeftOut>();
  const excluded = new Map<string, Exclusion>();
  const gaps = new Map<string, Unprotected>();
  const { used, unused } = splitDisabled(input);
  const out = new Set(unused.map(key));
  const own = project === "" ? [] : ownVolumes(volumes, project);
  const mounts = [...used, ...unused, ...own.filter((mount) => !out.has(key(mount)))];
  const names = new Set(mounts.flatMap((mount) => mount.volume ?? []));
  const ofVolume = ({ volume, source }: Mount): Finding => {
    const name = volume ?? source;
    const part = { kind: "volume", name: volumePartName(name, project, names) } as const;
    return findVolume(part, name, volumes.get(name));
  };
  for (const mount of mounts) {
    const finding = examine(mount, ofVolume);
    const disabled = out.has(key(mount)) ? "label stackhold.enable" : undefined;
    if ("candidate" in finding) {
      const { candidate } = finding;
      const rule = disabled ?? finding.rule;
      if (rule === undefined) candidates.set(formatPart(candidate), candidate);
      else leftOut.set(formatPart(candidate), { candidate, rule });
    } else if ("excluded" in finding) excluded.set(finding.excluded.what, finding.excluded);
    else if (disabled === undefined) gaps.set(finding.gap.what, finding.gap);
    else excluded.set(finding.gap.what, { what: finding.gap.what, rule: disabled });
  }
  for (const device of input.members.flatMap(({ devices = [] }) => devices)) {
    const what = `device:${device}`;
    excluded.set(what, { what, rule: "no data: device" });
  }
  return {
    candidates: [...candidates.values()],
    leftOut: [...leftOut.values()],
    excluded: [...excluded.values()],
    gaps: [...gaps.values()],
  };
}
