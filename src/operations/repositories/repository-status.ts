import type { RepositoryState, StatusResult } from "../../domain/repository-results.ts";
import { StackholdError } from "../../errors.ts";
import type { Repository } from "../../ports/repository.ts";
import { usedPercent } from "../backup/disk-use.ts";
import type { Context, Deps } from "../context.ts";
import { hasStoredIn } from "../points/has-stored-in.ts";
import { chosen } from "./chosen.ts";
import { inEach } from "./in-each.ts";

/** Whether each repository answers, and what is known of it. Makes nothing. */
export async function repositoryStatus(
  name: string | undefined,
  deps: Pick<Deps, "repositories" | "history">,
  { signal }: Pick<Context, "signal">,
): Promise<StatusResult> {
  return inEach(chosen(name, deps.repositories), async (repository): Promise<RepositoryState> => {
    const paths = repository.localPaths;
    if ((await repository.examine()) === "made") {
      if (hasStoredIn(repository.name, deps)) throw vanished(repository);
      return { state: "absent", paths };
    }
    const details = await repository.administration?.details(signal);
    return { state: "found", paths, ...(await diskOf(repository)), ...details };
  });
}

async function diskOf(repository: Repository): Promise<Pick<RepositoryState, "disk">> {
  const space = await repository.space();
  if (space === undefined) return {};
  const { totalBytes, usedBytes, freeBytes } = space;
  return { disk: { totalBytes, usedBytes, freeBytes, usedPercent: usedPercent(space) } };
}

function vanished({ name }: Repository): StackholdError {
  const message = `repository ${name}: it is not there any more, though backups were stored in it`;
  return new StackholdError("REPOSITORY_UNUSABLE", message, {
    hint: "see whether its disk is mounted and its place is the right one",
  });
}
