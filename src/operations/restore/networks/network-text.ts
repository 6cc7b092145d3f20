import type { Conflict } from "../../../domain/networks/plan.ts";
import type { NetworksPlan, PlannedNetwork } from "./plan-networks.ts";

const nextStep = "--networks recreate makes it anew";

/** What a restore says of a network that differs and stays. */
export function keptText({ present: { name }, differences }: Conflict): string {
  return `the network ${name} is not as it was and is kept: ${differences.join("; ")}; ${nextStep}`;
}

/** What a dry run says of one that would be made. */
export function networkText({ recorded, former, differences, others }: PlannedNetwork): string {
  const { name, driver, ipam } = recorded.definition;
  const subnets = ipam.pools.map(({ subnet }) => subnet);
  const how = [driver, ...subnets].join(", ");
  if (former === undefined) return `make the network ${name} (${how})`;
  const aside = others.length === 0 ? "" : `; ${others.join(", ")} moved aside for it and back`;
  return `make the network ${name} anew (${how}): ${differences.join("; ")}${aside}`;
}

/** What it says of one of which somebody has to decide. */
export function conflictText(conflict: NetworksPlan["keep"][number]): string {
  const { others } = conflict;
  const aside = others.length === 0 ? "" : `, with ${others.join(", ")} moved aside and back`;
  return `${keptText(conflict)}${aside}`;
}
