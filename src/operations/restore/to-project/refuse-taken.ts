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

async function takenNames(
  name: string,
  names: ReadonlySet<string>,
  volumeNames: readonly string[],
  deps: Deps,
): Promise<string[]> {
  const { units } = await discoverUnits(deps.settings, deps);
  const containers = units.flatMap((unit) => unit.containers);
  const hasLabel = ({ labels }: { labels: Readonly<Record<string, string>> }) =>
    labels[label("project")] === name;
  const [volumes, networks] = await Promise.all([deps.engine.volumes(), deps.engine.networks()]);
  return [
    ...units.filter((unit) => unit.name === name).map((unit) => `the unit ${unit.name}`),
    ...containers
      .filter((one) => hasLabel(one) || names.has(one.name))
      .map((one) => `the container ${one.name}`),
    ...volumes
      .filter((volume) => hasLabel(volume) || volumeNames.includes(volume.name))
      .map((volume) => `the volume ${volume.name}`),
    ...networks.filter(hasLabel).map((network) => `the network ${network.name}`),
  ];
}

async function takenPaths(targets: readonly string[], deps: Deps): Promise<string[]> {
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

/** Throws USAGE naming whatever a copy would overwrite or mix with. */
export async function refuseTakenBy(
  name: string,
  containers: Iterable<string>,
  volumes: readonly string[],
  places: readonly string[],
  deps: Deps,
): Promise<void> {
  const what = [
    ...(await takenNames(name, new Set(containers), volumes, deps)),
    ...(await takenPaths(places, deps)),
  ];
  if (what.length > 0) throw taken(name, what);
}

export async function refuseTaken(plan: CopyPlan, manifest: Manifest, deps: Deps): Promise<void> {
  const places = plan.placed.flatMap(({ target }) => target ?? []);
  await refuseTakenBy(plan.name, containerNames(plan.name, manifest), [], places, deps);
}
