import type { MaintenanceResult } from "../../domain/repository-results.ts";
import type { Context, Deps } from "../context.ts";
import { administered } from "./chosen.ts";
import { inEach } from "./in-each.ts";

export interface MaintainInput {
  readonly name?: string;
  readonly full: boolean;
  readonly takeOver: boolean;
}

/** Beside backups: Kopia takes care of what others write meanwhile. */
export async function maintainRepositories(
  { name, full, takeOver }: MaintainInput,
  deps: Pick<Deps, "repositories" | "clock">,
  context: Context,
): Promise<MaintenanceResult> {
  const repositories = administered(name, deps.repositories, "maintenance");
  context.emit({ type: "run.started", operation: "repository", units: [] });
  return inEach(repositories, async ({ administration }) => {
    const began = deps.clock.monotonic();
    const maintenance = await administration.maintain({ full, takeOver }, context.signal);
    return { full, durationMs: deps.clock.monotonic() - began, maintenance };
  });
}
