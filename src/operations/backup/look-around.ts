import { containersOf } from "../../domain/discovery/containers-of.ts";
import { type ContainerSummary, isRunning, type Unit, type Volume } from "../../domain/unit.ts";
import { StackholdError } from "../../errors.ts";
import type { EngineInfo } from "../../ports/engine.ts";
import type { Deps } from "../context.ts";

/** What there is besides the unit that its backup must heed. */
export interface Surroundings {
  /** RFC 3339: when this was so. */
  readonly at: string;
  readonly engine: EngineInfo;
  /** Running containers of other units. */
  readonly others: readonly ContainerSummary[];
  readonly volumes: ReadonlyMap<string, Volume>;
}

/**
 * The unit as it is when its turn comes: while others were backed up, its containers may have been
 * replaced, and one that is not known would be neither stopped nor stored.
 */
export async function lookAround(
  found: Unit,
  engine: EngineInfo,
  deps: Pick<Deps, "engine" | "clock">,
): Promise<{ readonly unit: Unit; readonly surroundings: Surroundings }> {
  const at = deps.clock.now().toISOString();
  const [all, volumes] = await Promise.all([deps.engine.containers(), deps.engine.volumes()]);
  const containers = containersOf(found, all);
  if (found.kind === "standalone" && containers.length === 0) {
    throw new StackholdError("BACKUP_FAILED", `the container ${found.project} is gone`, {
      hint: "it was removed after this run began; the next one does not look for it",
    });
  }
  const own = new Set(containers.map(({ id }) => id));
  const surroundings = {
    at,
    engine,
    others: all.filter((container) => isRunning(container) && !own.has(container.id)),
    volumes: new Map(volumes.map((volume) => [volume.name, volume])),
  };
  return { unit: { ...found, containers }, surroundings };
}
