import type { Manifest } from "../../../domain/manifest.ts";
import { formatPart } from "../../../domain/part.ts";
import { counted } from "../../../domain/text.ts";
import { bytes as inWords } from "../../../events/amounts.ts";
import { loadText } from "../image-from-point.ts";
import type { LocatedPoint } from "../locate-point.ts";
import { networkText } from "../networks/network-text.ts";
import type { NetworksPlan } from "../networks/plan-networks.ts";
import type { CopyPlan } from "./plan-copy.ts";

function containersOf({ members }: Manifest, name: string) {
  const lasting = members.filter(({ oneOff }) => !oneOff);
  return lasting.map(({ service, number, image, running }) => ({
    name: `${name}-${service}-${number}`,
    image: image.reference,
    running,
  }));
}

/** What making a copy would do, one line an act, in order. */
export function copyActions(
  { reader: { manifest }, repository }: LocatedPoint,
  plan: CopyPlan,
  networks: NetworksPlan,
  loads: readonly string[],
  noStart: boolean,
): string[] {
  const containers = containersOf(manifest, plan.name);
  return [
    `verify the point ${manifest.backupId} in ${repository.name}`,
    ...loads.map(loadText),
    ...plan.placed.map(({ part, target }) => {
      const size = `${inWords(part.bytes)}, ${counted(part.files, "entry", "entries")}`;
      return `unpack ${formatPart(part)} (${size}) to ${target ?? `a new volume of ${plan.name}`}`;
    }),
    `write ${plan.project.workingDir}/compose.stackhold.yaml`,
    ...networks.make.map(networkText),
    ...containers.map((one) => `create ${one.name} (${one.image}), its ports left to the engine`),
    ...containers.filter(({ running }) => running && !noStart).map(({ name }) => `start ${name}`),
  ];
}
