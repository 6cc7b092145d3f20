import type { UnreachableRepository } from "../../domain/point-results.ts";
import { newestFirst } from "../../domain/select-point.ts";
import { asStackholdError, StackholdError } from "../../errors.ts";
import type { PointFilter, PointSummary, Repository } from "../../ports/repository.ts";
import type { Deps } from "../context.ts";

export interface GatheredPoints {
  /** Newest first, over all repositories. */
  readonly points: readonly PointSummary[];
  readonly unreachable: readonly UnreachableRepository[];
  /** Not there, and it is no failure. */
  readonly toCome: readonly Repository[];
}

/**
 * One repository that does not answer hides no other; when none does, its error is thrown. One that
 * `isToCome` is no failure.
 */
export async function gatherPoints(
  repositories: readonly Repository[],
  filter: PointFilter,
  isToCome: (repository: Repository) => Promise<boolean> = async () => false,
): Promise<GatheredPoints> {
  const points: PointSummary[] = [];
  const toCome: Repository[] = [];
  const failures: { readonly name: string; readonly error: StackholdError }[] = [];
  await Promise.all(
    repositories.map(async (repository) => {
      try {
        points.push(...(await repository.list(filter)));
      } catch (thrown) {
        const error = asStackholdError(thrown);
        const isAway = error.code === "REPOSITORY_UNUSABLE";
        if (isAway && (await isToCome(repository))) toCome.push(repository);
        else failures.push({ name: repository.name, error });
      }
    }),
  );
  const answering = repositories.length - failures.length - toCome.length;
  if (failures.length > 0 && answering === 0) throw noneAnswers(failures);
  const order = repositories.map((repository) => repository.name);
  points.sort(
    (a, b) => newestFirst(a, b) || order.indexOf(a.repository) - order.indexOf(b.repository),
  );
  return { points, unreachable: failures.map(unreachable), toCome };
}

export function unreachable(failure: {
  readonly name: string;
  readonly error: StackholdError;
}): UnreachableRepository {
  return { name: failure.name, error: failure.error.toDocument().error };
}

/** One is thrown as it is. */
export function noneAnswers(
  failures: readonly { readonly error: StackholdError }[],
): StackholdError {
  const [first, ...others] = failures.map((failure) => failure.error);
  if (first !== undefined && others.length === 0) return first;
  const messages = failures.map((failure) => failure.error.message).join("; ");
  return new StackholdError("REPOSITORY_UNUSABLE", `no repository answers: ${messages}`, {
    ...(first?.hint === undefined ? {} : { hint: first.hint }),
    cause: first,
  });
}

/** Whose points are meant where nobody is named. */
export async function thisHost(deps: Pick<Deps, "settings" | "engine">): Promise<string> {
  return deps.settings.host ?? (await deps.engine.info()).name;
}
