import { isErrorCode } from "../../errors.ts";
import type { Engine } from "../../ports/engine.ts";
import type { JournaledContainer } from "../../ports/journal.ts";

/** What the engine does not remove stays as it is: what ran before matters more. */
async function removed(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isErrorCode(error, "CONTAINER_MISSING") && !isErrorCode(error, "ENGINE_ERROR")) {
      throw error;
    }
  }
}

/** Takes away the containers, and volumes, that a restore which is rolled back had created. */
export async function removeCreated(
  containers: readonly JournaledContainer[],
  engine: Engine,
): Promise<void> {
  for (const { id, created, volumes = [] } of containers) {
    if (created !== true) continue;
    await removed(() => engine.remove(id));
    for (const volume of volumes) await removed(() => engine.removeVolume(volume));
  }
}
