import { replacedText } from "../../domain/repository-text.ts";
import { didYouMean } from "../../domain/suggest.ts";
import { StackholdError } from "../../errors.ts";
import type { Lock } from "../../ports/locks.ts";
import type { Opened, Repository } from "../../ports/repository.ts";
import type { Context, Deps } from "../context.ts";
import { hasStoredIn } from "../points/has-stored-in.ts";

export interface OpenRepositories extends AsyncDisposable {
  readonly usable: readonly Repository[];
  /** Why a repository takes no part in this run, by name. */
  readonly unusable: ReadonlyMap<string, unknown>;
  /** What to say of those that earlier runs wrote to, and that are not there any more; by name. */
  readonly renewed: ReadonlyMap<string, string>;
}

export function chooseRepositories(
  names: readonly string[],
  all: readonly Repository[],
): Repository[] {
  return names.map((name) => {
    const found = all.find((repository) => repository.name === name);
    if (found !== undefined) return found;
    const known = all.map((repository) => repository.name);
    throw new StackholdError(
      "UNKNOWN_REPOSITORY",
      `there is no repository "${name}"${didYouMean(name, known)}`,
      { hint: `the configuration has ${known.join(", ")}` },
    );
  });
}

/** What is to be said of a repository without the points that earlier runs stored in it. */
export function renewedText(
  name: string,
  opened: Opened,
  deps: Pick<Deps, "history">,
): string | undefined {
  if (opened === "replaced") return replacedText(name);
  // An unmounted disk looks like a repository that was never there.
  return opened === "made" && hasStoredIn(name, deps)
    ? `repository ${name} was not there any more and was made anew, without earlier points: is its disk mounted?`
    : undefined;
}

/** Says what a dead run left there and removes it; right after it was opened. */
export async function sweepRepository(
  repository: Repository,
  host: string,
  { emit }: Pick<Context, "emit">,
): Promise<void> {
  for (const partial of await repository.sweep(host, { recent: true })) {
    const message = `removed the partial point ${partial.backupId} that a dead run left`;
    emit({ type: "log", unit: partial.unit, level: "info", message });
  }
}

/** Two configurations may give one directory two names; the lock is on the directory. */
export function repositoryLock(repository: Repository): string {
  return `repository/${repository.localPaths[0] ?? repository.name}`;
}

/**
 * Locks and opens what the run writes to, and removes what killed runs left there. Throws when
 * none can be used; LOCKED always, since waiting for it is the caller's decision.
 */
export async function openRepositories(
  repositories: readonly Repository[],
  host: string,
  deps: Deps,
  context: Context,
): Promise<OpenRepositories> {
  const locks: Lock[] = [];
  const release = async () => {
    for (const lock of locks.reverse()) await lock.release();
  };
  const unusable = new Map<string, unknown>();
  const renewed = new Map<string, string>();
  const open = async (repository: Repository): Promise<void> => {
    const { name } = repository;
    try {
      const said = renewedText(name, await repository.open(), deps);
      if (said !== undefined) renewed.set(name, said);
      await sweepRepository(repository, host, context);
    } catch (error) {
      unusable.set(name, error);
    }
  };
  try {
    for (const repository of repositories) {
      const what = `backup into ${repository.name}`;
      locks.push(await deps.locks.acquire(repositoryLock(repository), "run", what, context.signal));
    }
    // Beside each other: each may be waited for.
    await Promise.all(repositories.map(open));
    const usable = repositories.filter(({ name }) => !unusable.has(name));
    if (usable.length === 0) throw unusable.get(repositories[0]?.name ?? "");
    return { usable, unusable, renewed, [Symbol.asyncDispose]: release };
  } catch (error) {
    await release();
    throw error;
  }
}
