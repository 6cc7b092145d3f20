import { withoutRestart } from "../../../domain/standalone/creation.ts";
import { StackholdError } from "../../../errors.ts";
import type { JournaledContainer } from "../../../ports/journal.ts";
import type { Context, Deps } from "../../context.ts";
import type { Outage } from "../../outage/quiesce.ts";
import type { StandalonePlan } from "./plan-standalone.ts";

/** What the engine takes for made is somebody's: a rollback would remove it. */
async function refuseMadeMeanwhile(
  volumes: StandalonePlan["volumes"],
  { engine }: Deps,
): Promise<void> {
  const present = new Set((await engine.volumes()).map(({ name }) => name));
  const made = volumes.map(({ name }) => name).filter((name) => present.has(name));
  if (made.length === 0) return;
  throw new StackholdError(
    "RESTORE_FAILED",
    `somebody else made the volume ${made.join(", ")} during the restore`,
    { hint: "another tool did this: see to it, and run this again" },
  );
}

/**
 * Makes the container that is gone, after its volumes. It is journaled before it is there, by a
 * name that nothing else has, and gets its own name last: so a rollback finds it whatever happens,
 * and never takes another one for it. Its restart policy comes with its start.
 */
export async function createStandalone(
  { creation: wanted, volumes }: StandalonePlan,
  outage: Outage,
  deps: Deps,
  { runId, emit }: Context,
): Promise<void> {
  if (wanted === undefined) return;
  const { creation, ...policy } = withoutRestart(wanted);
  const passing = `stackhold-${runId}`;
  const { unit, containers } = outage.entry();
  const told = (message: string) => emit({ type: "log", unit, level: "info", message });
  const journal = (id: string) => {
    const created: JournaledContainer = {
      id,
      name: creation.name,
      number: 1,
      stopTimeout: 0,
      rank: 0,
      follower: false,
      start: false,
      created: true,
      volumes: volumes.map(({ name }) => name),
      ...policy,
    };
    return outage.amend({ containers: [...containers, created] });
  };
  await refuseMadeMeanwhile(volumes, deps);
  await journal(passing);
  for (const volume of volumes) {
    await deps.engine.createVolume(volume.name, volume.labels, volume);
    told(`created volume ${volume.name}`);
  }
  const id = await deps.engine.create(creation, passing);
  await journal(id);
  await deps.engine.rename(id, creation.name);
  told(`created ${creation.name}`);
}
