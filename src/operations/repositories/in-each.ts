import type { OfRepositories } from "../../domain/repository-results.ts";
import { asStackholdError, isErrorCode, type StackholdError } from "../../errors.ts";
import type { Repository } from "../../ports/repository.ts";
import { noneAnswers, unreachable } from "../points/gather-points.ts";

/**
 * Works in one repository after the other. One in which it fails hides no other; when it fails in
 * all, that is thrown, and so is a cancellation.
 */
export async function inEach<R extends Repository, T>(
  repositories: readonly R[],
  work: (repository: R) => Promise<T>,
): Promise<OfRepositories<T>> {
  const done: OfRepositories<T>["repositories"][number][] = [];
  const failures: { readonly name: string; readonly error: StackholdError }[] = [];
  for (const repository of repositories) {
    const { name, kind } = repository;
    try {
      done.push({ name, kind, ...(await work(repository)) });
    } catch (thrown) {
      if (isErrorCode(thrown, "CANCELLED")) throw thrown;
      failures.push({ name, error: asStackholdError(thrown) });
    }
  }
  if (done.length === 0 && failures.length > 0) throw noneAnswers(failures);
  return { schemaVersion: 1, repositories: done, unreachable: failures.map(unreachable) };
}
