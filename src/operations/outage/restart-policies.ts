import { isErrorCode } from "../../errors.ts";
import type { Engine } from "../../ports/engine.ts";
import type { JournaledContainer } from "../../ports/journal.ts";

/** While a restore works, an engine that restarts must not start a half restored container. */
export async function suspendPolicies(
  containers: readonly JournaledContainer[],
  engine: Engine,
): Promise<void> {
  await eachWithPolicy(containers, (container) =>
    engine.setRestartPolicy(container.id, { name: "no", maximumRetryCount: 0 }),
  );
}

export async function restorePolicies(
  containers: readonly JournaledContainer[],
  engine: Engine,
): Promise<void> {
  await eachWithPolicy(containers, (container) =>
    container.restartPolicy === undefined
      ? Promise.resolve()
      : engine.setRestartPolicy(container.id, container.restartPolicy),
  );
}

async function eachWithPolicy(
  containers: readonly JournaledContainer[],
  act: (container: JournaledContainer) => Promise<void>,
): Promise<void> {
  const held = containers.filter((container) => container.restartPolicy !== undefined);
  await Promise.all(
    held.map(async (container) => {
      try {
        await act(container);
      } catch (error) {
        if (!isErrorCode(error, "CONTAINER_MISSING")) throw error;
      }
    }),
  );
}
