import pLimit from "p-limit";
import { newestFirst } from "../../../domain/select-point.ts";
import { isErrorCode } from "../../../errors.ts";
import type { Activity } from "../../../ports/capture.ts";
import type {
  PointFilter,
  PointReader,
  PointRef,
  PointSummary,
} from "../../../ports/repository.ts";
import { type Snapshot, sizeOf } from "../snapshots.ts";
import type { KopiDockaDeps } from "./deps.ts";
import { type Expected, expectedOf } from "./expected.ts";
import { isPinned, scopeOf, timesOf } from "./group-facts.ts";
import { type Group, groupsOf, isHost, partOfKind } from "./groups.ts";
import { type RawParts, readGroup } from "./manifest.ts";
import { recall, remember } from "./memory.ts";
import { readFiles } from "./read-files.ts";
import { createReader } from "./reader.ts";
import { shortcomingsOf } from "./shortcomings.ts";

type Reading = Pick<Activity, "signal">;

/** Recipes that are read at the same time: each is a process. */
const atOnce = 4;

const recipeObject = (group: Group) => partOfKind(group, "recipe")?.snapshot.rootEntry?.obj;

/** The files of one part, unless what there is of it is not fit to be read. */
async function filesOfKind(
  group: Group,
  kind: "recipe" | "networks" | "engine",
  deps: KopiDockaDeps,
  reading: Reading,
) {
  const part = partOfKind(group, kind);
  const isRead = part?.snapshot.rootEntry && part.snapshot.incomplete === undefined;
  return isRead ? readFiles(part.snapshot, deps, reading) : undefined;
}

/** A recipe that Kopia has lost says nothing; one that cannot be had at the moment is a failure. */
async function readExpected(
  group: Group,
  deps: KopiDockaDeps,
  reading: Reading,
): Promise<Expected | undefined> {
  try {
    const files = await filesOfKind(group, "recipe", deps, reading);
    return files && expectedOf(files);
  } catch (error) {
    if (isErrorCode(error, "TOOL_FAILED") || isErrorCode(error, "POINT_DAMAGED")) return undefined;
    throw error;
  }
}

/** What each point should hold. Recipes that were read before are not read again. */
async function expectations(
  groups: readonly Group[],
  deps: KopiDockaDeps,
  reading: Reading,
): Promise<ReadonlyMap<Group, Expected>> {
  const known = await recall(deps.stateDir);
  const limit = pLimit(atOnce);
  const found = await limit.map(groups, async (group) => {
    const expected = known.get(recipeObject(group) ?? "");
    return { group, expected: expected ?? (await readExpected(group, deps, reading)) };
  });
  const told = found.flatMap(({ group, expected }) => (expected ? [{ group, expected }] : []));
  const isNew = told.some(({ group }) => !known.has(recipeObject(group) ?? ""));
  if (isNew) {
    const own = told.map(({ group, expected }) => [recipeObject(group) ?? "", expected] as const);
    await remember(deps.stateDir, new Map([...known, ...own]));
  }
  return new Map(told.map(({ group, expected }) => [group, expected]));
}

function summaryOf(group: Group, expected: Expected | undefined, repository: string): PointSummary {
  const { host, unit, backupId, parts } = group;
  const bytes = parts.reduce((sum, { snapshot }) => sum + sizeOf(snapshot), 0);
  const isComplete = shortcomingsOf(group, expected).length === 0;
  return {
    host,
    unit,
    backupId,
    repository,
    createdAt: timesOf(group).createdAt,
    scope: scopeOf(group),
    kind: expected?.kind ?? "stack",
    status: isComplete ? "complete" : "incomplete",
    writtenBy: "kopi-docka",
    bytes,
    // Kopia does not tell what it takes.
    storedBytes: bytes,
    imageBytes: 0,
    warnings: 0,
    pinned: isPinned(group),
  };
}

function isWanted(group: Group, { host, unit }: PointFilter): boolean {
  const isOfHost = host === undefined || isHost(group, host);
  return isOfHost && (unit === undefined || group.unit === unit);
}

/**
 * The points among the snapshots of a repository (`listSnapshots`) that Kopi-Docka wrote, newest
 * first. What can be told only by a recipe is read once and remembered in the state directory.
 */
export async function kopiDockaPoints(
  snapshots: readonly Snapshot[],
  filter: PointFilter,
  deps: KopiDockaDeps,
  reading: Reading = {},
): Promise<PointSummary[]> {
  const groups = groupsOf(snapshots).filter((group) => isWanted(group, filter));
  const expected = await expectations(groups, deps, reading);
  return groups
    .map((group) => summaryOf(group, expected.get(group), deps.repository))
    .toSorted(newestFirst);
}

function groupOf(snapshots: readonly Snapshot[], { host, unit, backupId }: PointRef) {
  return groupsOf(snapshots).find(
    (group) => group.unit === unit && group.backupId === backupId && isHost(group, host),
  );
}

export function isKopiDockaPoint(snapshots: readonly Snapshot[], ref: PointRef): boolean {
  return groupOf(snapshots, ref) !== undefined;
}

/** Undefined where Kopi-Docka wrote no such point. */
export async function readKopiDockaPoint(
  ref: PointRef,
  snapshots: readonly Snapshot[],
  deps: KopiDockaDeps,
  reading: Reading = {},
): Promise<PointReader | undefined> {
  const group = groupOf(snapshots, ref);
  if (group === undefined) return undefined;
  const [recipe, networks, engine] = await Promise.all(
    (["recipe", "networks", "engine"] as const).map((kind) =>
      filesOfKind(group, kind, deps, reading),
    ),
  );
  const raw: RawParts = {
    ...(recipe === undefined ? {} : { recipe }),
    ...(networks === undefined ? {} : { networks }),
    ...(engine === undefined ? {} : { engine }),
  };
  return createReader(readGroup(group, raw), group, deps);
}
