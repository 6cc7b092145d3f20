import { addressesOutside, type WantedConnection } from "../../../domain/networks/connection.ts";
import {
  type Conflict,
  type NetworkChoice,
  type PresentNetwork,
  planNetworks,
  type TakenSubnet,
} from "../../../domain/networks/plan.ts";
import { type RecordedNetwork, wantedConnections } from "../../../domain/networks/recorded.ts";
import { StackholdError } from "../../../errors.ts";
import type { Engine } from "../../../ports/engine.ts";
import type { NetworksOfPoint } from "./recorded-networks.ts";

type Named = { readonly id: string; readonly name: string };

/** A network that a restore makes. */
export interface PlannedNetwork {
  readonly recorded: RecordedNetwork;
  /** What it takes the place of. */
  readonly former?: PresentNetwork;
  readonly differences: readonly string[];
  /** Names of containers of other units that are moved aside for it, sorted. */
  readonly others: readonly string[];
}

export interface NetworksPlan {
  readonly make: readonly PlannedNetwork[];
  /** Those that differ and stay, with who would be moved aside for them. */
  readonly keep: readonly (Conflict & { readonly others: readonly string[] })[];
  readonly warnings: readonly string[];
}

export const noNetworks: NetworksPlan = { make: [], keep: [], warnings: [] };

const untouched = "nothing was touched";
const byHand = (name: string) =>
  `or make ${name} yourself as you want it (docker network create) and restore with --networks keep`;

function refuseTaken([taken]: readonly TakenSubnet[]): void {
  if (taken === undefined) return;
  const { network, subnet, by } = taken;
  throw new StackholdError(
    "RESTORE_FAILED",
    `the subnet ${subnet} of the network ${network} is taken by the network ${by}`,
    {
      hint: `${untouched}: remove ${by} or give it another subnet, then restore again; ${byHand(network)}`,
    },
  );
}

function refuseMasked([name]: readonly string[]): void {
  if (name === undefined) return;
  throw new StackholdError(
    "RESTORE_FAILED",
    `values of the network ${name} are not in the point (secrets: redact)`,
    { hint: `${untouched}: ${byHand(name).slice("or ".length)}` },
  );
}

type Orphans = readonly { readonly network: string; readonly configFrom: string }[];

function refuseOrphan([orphan]: Orphans): void {
  if (orphan === undefined) return;
  const { network, configFrom } = orphan;
  throw new StackholdError(
    "RESTORE_FAILED",
    `the network ${network} takes its configuration from the network ${configFrom}, which is not there`,
    {
      hint: `${untouched}: make ${configFrom} first (docker network create --config-only); ${byHand(network)}`,
    },
  );
}

/** A container that cannot have its address any more would stay outside. */
function refuseOutside(recorded: RecordedNetwork, wanted: readonly WantedConnection[]): void {
  const [outside] = addressesOutside(recorded.definition, wanted);
  if (outside === undefined) return;
  const { name, ipam } = recorded.definition;
  const subnets = ipam.pools.map(({ subnet }) => subnet).join(" and ") || "no subnet of its own";
  throw new StackholdError(
    "RESTORE_FAILED",
    `${outside.container} has the address ${outside.address} in the network ${name}, which has ${subnets} in the point`,
    {
      hint: `${untouched}: give ${outside.container} another address, or restore with --networks keep`,
    },
  );
}

const warningOf = ({ network, subnet, by }: TakenSubnet) =>
  `the network ${network} gets another subnet than it had: ${subnet} is taken by the network ${by}`;

/** Names of those that are no members, sorted. */
function othersOf(joined: readonly Named[], members: readonly Named[]): string[] {
  const own = new Set(members.map(({ id }) => id));
  return joined
    .filter(({ id }) => !own.has(id))
    .map(({ name }) => name)
    .sort();
}

/**
 * What becomes of the networks that a point has; refuses what cannot be done before anything is
 * touched. `members` are the unit's containers as they are now.
 */
export async function networksPlan(
  { recorded, isAutomatic, warnings }: NetworksOfPoint,
  choice: NetworkChoice,
  members: readonly Named[],
  engine: Engine,
): Promise<NetworksPlan> {
  if (recorded.length === 0) return { ...noNetworks, warnings };
  const present = await engine.networks();
  const plan = planNetworks({ recorded, present, choice, isAutomatic });
  refuseTaken(plan.taken);
  refuseOrphan(plan.orphans);
  refuseMasked(plan.masked);
  const planned = async (one: RecordedNetwork, conflict?: Conflict): Promise<PlannedNetwork> => {
    const joined = await engine.connections(one.definition.name);
    refuseOutside(one, wantedConnections(one, joined, members, conflict === undefined));
    return {
      recorded: one,
      ...(conflict === undefined ? {} : { former: conflict.present }),
      differences: conflict?.differences ?? [],
      others: othersOf(joined, members),
    };
  };
  const make = [
    ...plan.recreate.map((conflict) => planned(conflict.recorded, conflict)),
    ...plan.make.map((one) => planned(one)),
  ];
  const keep = plan.keep.map(async (conflict) => ({
    ...conflict,
    others: othersOf(await engine.connections(conflict.present.name), members),
  }));
  return {
    make: await Promise.all(make),
    keep: await Promise.all(keep),
    warnings: [...warnings, ...plan.moved.map(warningOf)],
  };
}
