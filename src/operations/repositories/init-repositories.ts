import type { InitResult } from "../../domain/repository-results.ts";
import { renewedText, repositoryLock } from "../backup/open-repositories.ts";
import type { Context, Deps } from "../context.ts";
import { chosen } from "./chosen.ts";
import { inEach } from "./in-each.ts";

/** Makes repositories where there are none, as the first backup would. */
export async function initRepositories(
  name: string | undefined,
  deps: Pick<Deps, "repositories" | "locks" | "history">,
  context: Context,
): Promise<InitResult> {
  context.emit({ type: "run.started", operation: "repository", units: [] });
  return inEach(chosen(name, deps.repositories), async (repository) => {
    const what = `making ${repository.name}`;
    await using _lock = await deps.locks.acquire(
      repositoryLock(repository),
      "run",
      what,
      context.signal,
    );
    const opened = await repository.open();
    const renewed = renewedText(repository.name, opened, deps);
    const warnings = renewed === undefined ? [] : [renewed];
    const outcome = opened === "made" ? "made" : "found";
    for (const warning of warnings) context.emit({ type: "warning", message: warning });
    const message = `repository ${repository.name} ${outcome === "made" ? "was made" : "is there"}`;
    context.emit({ type: "log", level: "info", message, saidBy: "log" });
    return { outcome, warnings };
  });
}
