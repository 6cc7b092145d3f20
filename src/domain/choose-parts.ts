import { StackholdError } from "../errors.ts";
import type { Manifest, StoredPart } from "./manifest.ts";
import { formatPart, type PartId, type PartPattern } from "./part.ts";
import { isInside } from "./refused-paths.ts";
import { suggest } from "./suggest.ts";
import { boundDevice } from "./unit.ts";

/** A mount's data that is stored along with the part around it. */
export interface InnerPart extends PartId {
  /** Relative to the root of the part that holds it. */
  readonly path: string;
  /** Where single paths were asked for: the path relative to the root of what they are in. */
  readonly within?: string;
}

export interface ChosenPart {
  readonly part: StoredPart;
  /** What of it is meant; all of it where absent. */
  readonly only?: readonly InnerPart[];
}

export type Stored = Pick<
  Manifest,
  "unit" | "backupId" | "stack" | "members" | "volumes" | "parts"
>;

function isMeant(part: StoredPart, { kind, name }: PartPattern): boolean {
  if (part.kind !== kind) return false;
  return name === undefined || part.name === name || (kind === "volume" && part.source === name);
}

/** Host path of a part that other mounts may lie in. */
function rootOf(part: StoredPart, { stack }: Stored): string | undefined {
  if (part.kind === "project") return stack?.workingDir ?? part.source;
  return part.kind === "bind" ? part.name : undefined;
}

/** Where a volume is only another name of a directory of the host. */
function deviceOf(name: string, volumes: Stored["volumes"]): string | undefined {
  const volume = volumes.find((known) => known.name === name);
  return volume === undefined ? undefined : boundDevice(volume);
}

/** The mount that a pattern names, as the host path of its data. */
function mountedPath(pattern: PartPattern, stored: Stored): string | undefined {
  const { kind, name } = pattern;
  if (name === undefined) return undefined;
  if (kind === "volume") {
    const prefixed = stored.stack === undefined ? name : `${stored.stack.project}_${name}`;
    return deviceOf(name, stored.volumes) ?? deviceOf(prefixed, stored.volumes);
  }
  const mounts = stored.members.flatMap((member) => member.mounts);
  return kind === "bind" && mounts.some((m) => m.type === "bind" && m.source === name)
    ? name
    : undefined;
}

/** Sources inside one another are stored once, so a mount may be part of what is around it. */
function innerPart(pattern: PartPattern, stored: Stored): ChosenPart | undefined {
  const path = mountedPath(pattern, stored);
  if (path === undefined) return undefined;
  for (const part of stored.parts) {
    const root = rootOf(part, stored);
    if (root === undefined || part.type !== "directory" || !isInside(path, root)) continue;
    const id = { kind: pattern.kind, name: pattern.name ?? "" };
    if (path === root) return { part };
    return { part, only: [{ ...id, path: path.slice(root === "/" ? 1 : root.length + 1) }] };
  }
  return undefined;
}

/** Whether a pattern means anything of a point. */
export function isStored(pattern: PartPattern, stored: Stored): boolean {
  const isWhole = stored.parts.some((part) => isMeant(part, pattern));
  return isWhole || innerPart(pattern, stored) !== undefined;
}

/** Of the same kind first, the part whose name is near: that both are volumes is no likeness. */
function meantInstead({ kind, name }: PartPattern, { parts }: Stored): string {
  if (name === undefined) return "";
  const near = (among: readonly StoredPart[]) => {
    const names = new Map(
      among.flatMap((part) =>
        [part.name, ...(part.kind === "volume" ? [part.source] : [])]
          .filter((each) => each !== "")
          .map((each) => [each, formatPart(part)] as const),
      ),
    );
    return names.get(suggest(name, names.keys()) ?? "");
  };
  const own = near(parts.filter((part) => part.kind === kind));
  const meant = own ?? near(parts.filter((part) => part.kind !== kind));
  return meant === undefined ? "" : `: did you mean "${meant}"?`;
}

function unknownPart(pattern: PartPattern, stored: Stored): StackholdError {
  const known = stored.parts.map(formatPart).toSorted();
  const wanted = formatPart({ kind: pattern.kind, name: pattern.name ?? "" });
  return new StackholdError(
    "UNKNOWN_PART",
    `the point ${stored.backupId} of ${stored.unit} has no part ${wanted}${meantInstead(pattern, stored)}`,
    { hint: known.length === 0 ? "it has no parts" : `it has ${known.join(", ")}` },
  );
}

/** One entry a stored part: chosen whole by one pattern, it is whole. */
function merge(all: readonly ChosenPart[]): ChosenPart[] {
  return [...Map.groupBy(all, ({ part }) => part)].map(([part, chosen]) => {
    const inner = chosen.flatMap(({ only }) => only ?? []);
    if (chosen.some(({ only }) => only === undefined)) return { part };
    const apart = inner.filter(
      (one, index) =>
        !inner.some((other, at) =>
          other.path === one.path ? at < index : isInside(one.path, other.path),
        ),
    );
    return { part, only: apart };
  });
}

/** What of a point the patterns mean, all of it without any; UNKNOWN_PART for one that means nothing. */
export function chooseParts(stored: Stored, patterns: readonly PartPattern[]): ChosenPart[] {
  if (patterns.length === 0) return stored.parts.map((part) => ({ part }));
  return merge(
    patterns.flatMap((pattern) => {
      const whole = stored.parts.filter((part) => isMeant(part, pattern));
      if (whole.length > 0) return whole.map((part) => ({ part }));
      const inner = innerPart(pattern, stored);
      if (inner === undefined) throw unknownPart(pattern, stored);
      return [inner];
    }),
  );
}

/** As plans name what was chosen. */
export function namesOf({ part, only }: ChosenPart): string[] {
  return (only ?? [{ kind: part.kind, name: part.name, within: undefined }]).map((one) =>
    one.within === undefined ? formatPart(one) : `${one.within} of ${formatPart(one)}`,
  );
}

/** As results and plans name what was chosen. */
export function idsOf({ part, only }: ChosenPart): PartId[] {
  return (only ?? [part]).map(({ kind, name }) => ({ kind, name }));
}
