import { type AskedFor, hasPart, type Lacking, missedBy } from "../../domain/lacking.ts";
import type { Manifest } from "../../domain/manifest.ts";
import { formatPart } from "../../domain/part.ts";
import type { LackingPart } from "../../domain/results.ts";
import { newestFirst } from "../../domain/select-point.ts";
import { asStackholdError, isErrorCode, StackholdError } from "../../errors.ts";
import type { Repository } from "../../ports/repository.ts";
import type { Context, Deps } from "../context.ts";
import type { LocatedPoint } from "./locate-point.ts";
import { partsFor, withServices } from "./parts-for.ts";
import type { RestoreInput } from "./restore-input.ts";

type SearchDeps = Pick<Deps, "repositories">;
type SearchContext = Pick<Context, "signal">;

/** Notes for each part the newest point in a repository that has it. What cannot be read has none. */
async function search(
  parts: ReadonlySet<string>,
  found: Map<string, LackingPart["newest"]>,
  repository: Repository,
  { reader: { manifest } }: LocatedPoint,
  { signal }: SearchContext,
): Promise<void> {
  const { host, unit, backupId } = manifest;
  const points = await repository.list({ host, unit }).catch(() => []);
  const others = points.filter(
    (point) => point.unit === unit && point.status === "complete" && point.backupId !== backupId,
  );
  for (const point of others.toSorted(newestFirst)) {
    const open = [...parts].filter((part) => !found.has(part));
    if (open.length === 0) return;
    signal.throwIfAborted();
    const other = await repository.read(point).catch(() => undefined);
    if (other === undefined) continue;
    for (const part of open.filter((one) => hasPart(one, other.manifest))) {
      found.set(part, { backupId: point.backupId, repository: repository.name });
    }
  }
}

/** The newest points that have what this one lacks: of its own repository, else of the others. */
async function withNewest(
  lacking: readonly Lacking[],
  point: LocatedPoint,
  { repositories }: SearchDeps,
  context: SearchContext,
): Promise<LackingPart[]> {
  const found = new Map<string, LackingPart["newest"]>();
  const parts = new Set(lacking.map(({ part }) => part));
  const own = point.repository;
  for (const repository of [own, ...repositories.filter(({ name }) => name !== own.name)]) {
    await search(parts, found, repository, point, context);
  }
  return lacking.map(({ part, why }) => {
    const newest = found.get(part);
    return { part, why, ...(newest === undefined ? {} : { newest }) };
  });
}

/** What a restore was asked for and its point was stored without; gaps that are accepted aside. */
export function lackingParts(
  asked: AskedFor & Pick<RestoreInput, "policy">,
  point: LocatedPoint,
  deps: SearchDeps,
  context: SearchContext,
): Promise<LackingPart[]> {
  const lacking = missedBy(asked, point.reader.manifest, asked.policy.accept);
  return withNewest(lacking, point, deps, context);
}

function newestText({ newest }: LackingPart): string {
  if (newest === undefined) return "no other point that can be read has it";
  const { backupId, repository } = newest;
  return `the newest point that has it is ${backupId} in ${repository} (--at ${backupId} --repository ${repository})`;
}

export function lackingText(lacking: LackingPart, { reader: { manifest } }: LocatedPoint): string {
  const { part, why } = lacking;
  return `${part} is not restored, since the point ${manifest.backupId} lacks it (${why}); ${newestText(lacking)}`;
}

/** Parts that were named, and what the services that were named mount. */
function missedInVain({ parts, services }: AskedFor, manifest: Manifest): Lacking[] {
  const named = parts.flatMap(({ kind, name }) =>
    name === undefined ? [] : [{ part: formatPart({ kind, name }), why: "it was named" }],
  );
  const ofServices = services.length === 0 ? [] : missedBy({ parts: [], services }, manifest, []);
  return [...named.filter(({ part }) => !hasPart(part, manifest)), ...ofServices];
}

/** What is asked for of a point. Where it has no such part, the error names the newest point that has it. */
export async function chosenFrom(
  asked: RestoreInput,
  point: LocatedPoint,
  deps: SearchDeps,
  context: SearchContext,
) {
  const { manifest } = point.reader;
  try {
    const input = withServices(asked, manifest);
    return { input, chosen: partsFor(input, manifest) };
  } catch (error) {
    if (!isErrorCode(error, "UNKNOWN_PART")) throw error;
    const lacking = await withNewest(missedInVain(asked, manifest), point, deps, context);
    const elsewhere = lacking.filter(({ newest }) => newest !== undefined);
    const { message, hint } = asStackholdError(error);
    const hints = elsewhere.map((one) => `of ${one.part} ${newestText(one)}`);
    throw new StackholdError("UNKNOWN_PART", message, {
      hint: [...hints, ...(hint === undefined ? [] : [hint])].join("; "),
      cause: error,
    });
  }
}
