import type { PasswordResult } from "../../domain/repository-results.ts";
import type { Secret } from "../../domain/secret.ts";
import { StackholdError } from "../../errors.ts";
import { repositoryLock } from "../backup/open-repositories.ts";
import type { Context, Deps } from "../context.ts";
import { type Administered, administered } from "./chosen.ts";

/** The one whose password is meant. USAGE where that is not one. */
export function withPassword(
  name: string | undefined,
  { repositories }: Pick<Deps, "repositories">,
): Administered {
  const [one, ...others] = administered(name, repositories, "a password");
  if (one !== undefined && others.length === 0) return one;
  const names = [one, ...others].map((each) => each?.name).join(", ");
  throw new StackholdError("USAGE", "several repositories have a password", {
    hint: `name one of ${names}`,
  });
}

/** Not beside a run that writes with the old one. */
export async function changePassword(
  repository: Administered,
  password: Secret,
  deps: Pick<Deps, "locks">,
  context: Context,
): Promise<PasswordResult> {
  const { name, administration } = repository;
  context.emit({ type: "run.started", operation: "repository", units: [] });
  const what = `changing the password of ${name}`;
  const lock = repositoryLock(repository);
  await using _lock = await deps.locks.acquire(lock, "run", what, context.signal);
  const { keptIn, notKept } = await administration.changePassword(password);
  if (keptIn !== undefined) return { schemaVersion: 1, name, changed: true, keptIn, warnings: [] };
  const put = `put the new password of ${name} into the configuration: the old one opens it no longer`;
  const warnings = [notKept === undefined ? put : `${notKept}; ${put}`];
  return { schemaVersion: 1, name, changed: true, warnings };
}
