import { composeProjectOf } from "../../../domain/discovery/compose-labels.ts";
import type { Manifest } from "../../../domain/manifest.ts";
import { recordedServices } from "../../../domain/recorded-services.ts";
import type { Member } from "../../../domain/unit.ts";
import type { ComposeProject } from "../../../ports/composer.ts";
import type { Deps } from "../../context.ts";
import { inspectAll } from "../../inspect-all.ts";
import { asleep } from "../../outage/journaled.ts";
import type { Outage } from "../../outage/quiesce.ts";
import { suspendPolicies } from "../../outage/restart-policies.ts";
import { held } from "../plan-stop.ts";

async function membersOf(project: string, deps: Deps): Promise<Member[]> {
  const containers = await deps.engine.containers();
  const own = containers.filter(({ labels }) => composeProjectOf(labels) === project);
  return inspectAll(
    own.map(({ id }) => id),
    deps.engine,
  );
}

/**
 * Has Compose create containers, networks and volumes; nothing is started, also not by an engine
 * that restarts meanwhile. The members are as created, with their policies.
 */
export async function createContainers(
  project: ComposeProject,
  manifest: Manifest,
  outage: Outage,
  deps: Deps,
): Promise<Member[]> {
  await deps.composer.create(project, recordedServices(manifest));
  const members = await membersOf(project.project, deps);
  const containers = members.map((member) => ({ ...asleep(member), ...held(member) }));
  await outage.amend({ containers });
  await suspendPolicies(containers, deps.engine);
  return members;
}
