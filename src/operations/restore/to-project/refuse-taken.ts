import type { Manifest } from "../../../domain/manifest.ts";
import { StackholdError } from "../../../errors.ts";
import type { Deps } from "../../context.ts";
import { discoverUnits } from "../../discover-units.ts";
import type { CopyPlan } from "./plan-copy.ts";

const label = (name: string) => `com.docker.compose.${name}`;

/** As Compose names them. */
function containerNames(project: string, { members }: Manifest): Set<string> {
  const lasting = members.filter(({ oneOff }) => !oneOff);
  return new Set(lasting.map(({ service, number }) => `${project}-${service}-${number}`));
}

async function takenNames({ name }: CopyPlan, manifest: Manifest, deps: Deps): Promise<string[]> {
  const { units } = await discoverUnits(deps.settings, deps);
  const names = containerNames(name, manifest);
  const containers = units.flatMap((unit) => unit.containers);
  const hasLabel = ({ labels }: { labels: Readonly<Record<string, string>> }) =>
    labels[label("project")] === name;
  const [volumes, networks] = await Promise.all([deps.engine.volumes(), deps.engine.networks()]);
  return [
    ...units.filter((unit) => unit.name === name).map((unit) => `the unit ${unit.name}`),
    ...containers
      .filter((one) => hasLabel(one) || names.has(one.name))
      .map((one) => `the container ${one.name}`),
    ...volumes.filter(hasLabel).map((volume) => `the volume ${volume.name}`),
    ...networks.filter(hasLabel).map((network) => `the network ${network.name}`),
  ];
}

async function takenPaths({ placed }: CopyPlan, deps: Deps): Promise<string[]> {
  const targets = placed.flatMap(({ target }) => target ?? []);
  const probes = await Promise.all(targets.map((target) => deps.capture.probe(target)));
  return targets.filter((_, index) => probes[index]?.type !== "missing");
}

export function taken(name: string, what: readonly string[]): StackholdError {
  return new StackholdError(
    "USAGE",
    `a copy named ${name} would collide with what is there already: ${what.join(", ")}`,
    { hint: "choose another name, or remove it: nothing was touched" },
  );
}

/** Throws USAGE naming whatever the copy would overwrite or mix with. */
export async function refuseTaken(plan: CopyPlan, manifest: Manifest, deps: Deps): Promise<void> {
  const what = [...(await takenNames(plan, manifest, deps)), ...(await takenPaths(plan, deps))];
  if (what.length > 0) throw taken(plan.name, what);
}
