import { expiryOf, type ListedSafetyCopy } from "../../domain/safety-copies.ts";
import { messageOf } from "../../errors.ts";
import type { Context, Deps } from "../context.ts";
import { requireKnownUnit } from "../points/require-known-unit.ts";
import { type FoundCopy, findCopies } from "./find-copies.ts";

function stateOf({ isNeeded, isUnfinished }: FoundCopy): ListedSafetyCopy["state"] {
  if (isNeeded) return "needed";
  return isUnfinished ? "unfinished" : "kept";
}

/** Counts what it holds. */
export async function describeCopy(copy: FoundCopy, deps: Deps): Promise<ListedSafetyCopy> {
  const { origin, path, swap } = copy;
  const { type } = await deps.capture.probe(path);
  const tree = { path, type: type === "directory" ? type : "file", exclude: [] } as const;
  const { bytes, allocatedBytes, files } = await deps.capture.measure(tree);
  return {
    ...(origin === undefined
      ? {}
      : { ...origin, expiresAt: expiryOf(origin.createdAt).toISOString() }),
    target: swap.target,
    path,
    bytes,
    ...(allocatedBytes === undefined ? {} : { allocatedBytes }),
    files,
    state: stateOf(copy),
  };
}

function byAge(one: ListedSafetyCopy, other: ListedSafetyCopy): number {
  const [a, b] = [one.createdAt ?? "", other.createdAt ?? ""];
  return a === b ? 0 : a < b ? 1 : -1;
}

/** Newest first; of one unit where it is named. */
export async function listSafetyCopies(
  unit: string | undefined,
  deps: Deps,
  context: Pick<Context, "emit">,
): Promise<ListedSafetyCopy[]> {
  const found = await findCopies(deps, context);
  const wanted = found.filter(({ origin }) => unit === undefined || origin?.unit === unit);
  if (unit !== undefined && wanted.length === 0) await requireKnownUnit(unit, deps);
  const listed: ListedSafetyCopy[] = [];
  for (const copy of wanted) {
    try {
      listed.push(await describeCopy(copy, deps));
    } catch (error) {
      const message = `cannot look into the safety copy ${copy.path}: ${messageOf(error)}`;
      context.emit({ type: "warning", message });
    }
  }
  return listed.sort(byAge);
}
