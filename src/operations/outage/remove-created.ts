import { isErrorCode } from "../../errors.ts";
import type { Engine } from "../../ports/engine.ts";
import type { JournaledContainer } from "../../ports/journal.ts";

/**
 * Takes away the containers that a restore which is rolled back had created. One that the engine
 * does not remove stays as it is, created and never started: what ran before matters more.
 */
export async function removeCreated(
  containers: readonly JournaledContainer[],
  engine: Engine,
): Promise<void> {
  for (const { id, created } of containers) {
    if (created !== true) continue;
    try {
      await engine.remove(id);
    } catch (error) {
      if (!isErrorCode(error, "CONTAINER_MISSING") && !isErrorCode(error, "ENGINE_ERROR")) {
        throw error;
      }
    }
  }
}
