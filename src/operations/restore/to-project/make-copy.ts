import { publishedPorts } from "../../../domain/copy/published-ports.ts";
import type { RestoredCopy } from "../../../domain/results.ts";
import type { Member } from "../../../domain/unit.ts";
import { messageOf, StackholdError } from "../../../errors.ts";
import { type Context, type Deps, step } from "../../context.ts";
import { awaitEngine } from "../../outage/engine-back.ts";
import { nothingStopped } from "../../outage/plan-outage.ts";
import { type Outage, quiesce } from "../../outage/quiesce.ts";
import { discardStaged, rollBackSwaps } from "../../outage/roll-back.ts";
import type { LocatedPoint } from "../locate-point.ts";
import { makeNetworks } from "../networks/make-networks.ts";
import type { NetworksPlan } from "../networks/plan-networks.ts";
import type { RestoreInput } from "../restore-input.ts";
import type { StagedPart } from "../stage-parts.ts";
import { type Surroundings, surroundingsOf } from "../surroundings.ts";
import { createContainers } from "./create-containers.ts";
import { namedOnly } from "./external-networks.ts";
import { fillVolumes } from "./fill-volumes.ts";
import type { CopyPlan } from "./plan-copy.ts";
import { startCopy } from "./start-copy.ts";
import { planTrees, unpackTrees } from "./unpack-trees.ts";
import { writeProject } from "./write-project.ts";

export interface MadeCopy {
  readonly copy: RestoredCopy;
  readonly running: boolean;
  readonly surroundings: Surroundings;
  readonly warnings: readonly string[];
}

async function portsOf(members: readonly Member[], deps: Deps) {
  const all = await Promise.all(
    members.map(async ({ id, name }) => publishedPorts(name, await deps.engine.inspectRaw(id))),
  );
  return all.flat();
}

/** Everything from the first unpacked byte to the last healthy container. */
async function make(
  point: LocatedPoint,
  plan: CopyPlan,
  networks: NetworksPlan,
  stages: readonly StagedPart[],
  outage: Outage,
  input: RestoreInput,
  deps: Deps,
  context: Context,
): Promise<MadeCopy> {
  const { manifest } = point.reader;
  const { unit } = manifest;
  const swaps = await step("stage", unit, deps.clock, context, () =>
    unpackTrees(stages, point, outage.beat, deps, context),
  );
  const { written, members, unfilled, external } = await step(
    "swap",
    unit,
    deps.clock,
    context,
    async () => {
      await outage.amend({ swaps });
      for (const swap of swaps) await deps.capture.swap(swap);
      const project = await writeProject(plan, manifest, deps);
      context.signal.throwIfAborted();
      const named = namedOnly(networks, project.externalNetworks);
      await makeNetworks(named, [], plan.name, outage, deps, context);
      const created = await createContainers(project.compose, manifest, outage, deps);
      context.signal.throwIfAborted();
      const missed = await fillVolumes(plan, point, created, project, outage, deps, context);
      return { written: project, members: created, unfilled: missed, external: named };
    },
  );
  const containers = await step("restart", unit, deps.clock, context, () =>
    startCopy(manifest, members, input, outage, deps, context),
  );
  const ports = await portsOf(members, deps);
  // From here on a recovery goes forward: the copy stays.
  await outage.amend({ swaps: [], networks: [], containers });
  const [composeFile = ""] = written.compose.files;
  const places = plan.placed.flatMap(({ target }) => target ?? []);
  return {
    copy: { composeFile, places, ports, notes: [...written.notes] },
    running: containers.some(({ start }) => start),
    surroundings: surroundingsOf({ networks: external, volumes: [] }),
    warnings: [...networks.warnings, ...written.warnings, ...unfilled],
  };
}

/** Removes whatever was made; the journal stays for `recover` when that fails. */
async function unmake(outage: Outage, plan: CopyPlan, cause: unknown, deps: Deps) {
  try {
    await awaitEngine(deps, outage.beat);
    await rollBackSwaps(outage.entry(), deps);
    await outage.restart();
  } catch (error) {
    const places = plan.placed.flatMap(({ target }) => target ?? []);
    throw new StackholdError(
      "RESTORE_FAILED",
      `${messageOf(cause)}; what was made of ${plan.name} is not removed yet: ${messageOf(error)}`,
      {
        hint: `stackhold recover tries again; by hand: docker compose -p ${plan.name} down -v, and remove ${places.join(", ")}`,
        cause,
      },
    );
  }
}

/**
 * Makes the copy under a journal and a guard of its own, so that whatever ends this before its end
 * leaves nothing of it.
 */
export async function makeCopy(
  point: LocatedPoint,
  plan: CopyPlan,
  networks: NetworksPlan,
  input: RestoreInput,
  deps: Deps,
  context: Context,
): Promise<MadeCopy> {
  const { unit } = point.reader.manifest;
  const stages = await planTrees(plan, deps, context);
  const outage = await quiesce(
    {
      plan: nothingStopped(plan.name),
      operation: "restore",
      stages: stages.map(({ swap }) => swap),
      creates: plan.name,
    },
    deps,
    context,
  );
  const made = await make(point, plan, networks, stages, outage, input, deps, context).catch(
    async (error: unknown) => {
      await step("rollback", unit, deps.clock, context, () => unmake(outage, plan, error, deps));
      throw error;
    },
  );
  await discardStaged(outage.entry(), deps, context);
  await outage.close();
  return made;
}
