import { copyResultSchema } from "../../domain/point-results.ts";
import { backupResultSchema } from "../../domain/results.ts";
import type { Repository } from "../../ports/repository.ts";
import type { Deps } from "../context.ts";

/** Newest runs that are looked through for a repository that has vanished. */
const remembered = 1000;

function backedUpTo(name: string, result: unknown): boolean {
  const units = backupResultSchema.safeParse(result).data?.units ?? [];
  return units.some(({ repositories }) =>
    repositories.some((each) => each.name === name && each.status === "succeeded"),
  );
}

function copiedTo(name: string, result: unknown): boolean {
  const told = copyResultSchema.safeParse(result).data;
  return told?.copied === true && told.to === name;
}

/** Whether a run that is remembered stored a point there. */
export function hasStoredIn(name: string, { history }: Pick<Deps, "history">): boolean {
  return history.runs({ limit: remembered }).some(({ operation, result }) => {
    if (operation === "backup") return backedUpTo(name, result);
    return operation === "copy" && copiedTo(name, result);
  });
}

/** A repository that the first backup will make, and none that has vanished. */
export async function isYetToCome(
  repository: Repository,
  deps: Pick<Deps, "history">,
): Promise<boolean> {
  return !hasStoredIn(repository.name, deps) && !(await repository.exists());
}
