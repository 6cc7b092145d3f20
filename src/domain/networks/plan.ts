import { mask } from "../secret.ts";
import { isOfEngine, type NetworkDefinition } from "./definition.ts";
import { networkDifferences } from "./differences.ts";
import type { RecordedNetwork } from "./recorded.ts";
import { overlap } from "./subnet.ts";

/** What becomes of networks that differ: of all of them, or made anew those of these names. */
export type NetworkChoice = "keep" | "recreate" | readonly string[];

export type PresentNetwork = NetworkDefinition & { readonly id: string };

export interface Conflict {
  readonly recorded: RecordedNetwork;
  readonly present: PresentNetwork;
  /** In words; never empty. */
  readonly differences: readonly string[];
}

export interface TakenSubnet {
  readonly network: string;
  readonly subnet: string;
  /** Name of the network that has it, or a part of it. */
  readonly by: string;
}

export interface NetworkPlan {
  /** Gone, to be made; without subnets where the engine has to choose others. */
  readonly make: readonly RecordedNetwork[];
  readonly recreate: readonly Conflict[];
  readonly keep: readonly Conflict[];
  /** Of those in `make` whose subnets the engine has to choose anew. */
  readonly moved: readonly TakenSubnet[];
  /** Nobody but a person can solve this. */
  readonly taken: readonly TakenSubnet[];
  /** Names of networks to be made whose description lacks values that the point does not keep. */
  readonly masked: readonly string[];
  /** Networks to be made that take their configuration from one that is not there. */
  readonly orphans: readonly { readonly network: string; readonly configFrom: string }[];
}

export interface NetworkPlanInput {
  readonly recorded: readonly RecordedNetwork[];
  readonly present: readonly PresentNetwork[];
  readonly choice: NetworkChoice;
  /** Whether the engine chose the subnets because nobody asked for any. */
  readonly isAutomatic: (definition: NetworkDefinition) => boolean;
}

/** The engine keeps the subnets of its own address driver apart, whatever uses them. */
const sharesAddresses = ({ ipam, configOnly }: NetworkDefinition) =>
  ipam.driver === "default" && !configOnly;

/** The first subnet that another network has. */
function takenSubnet(
  network: NetworkDefinition,
  others: readonly NetworkDefinition[],
): TakenSubnet | undefined {
  if (!sharesAddresses(network)) return undefined;
  for (const other of others.filter((one) => sharesAddresses(one) && one.scope === network.scope)) {
    for (const { subnet } of network.ipam.pools) {
      if (other.ipam.pools.some((pool) => overlap(pool.subnet, subnet))) {
        return { network: network.name, subnet, by: other.name };
      }
    }
  }
  return undefined;
}

const withoutSubnets = (network: RecordedNetwork): RecordedNetwork => ({
  ...network,
  definition: {
    ...network.definition,
    ipam: { ...network.definition.ipam, pools: [] },
  },
});

function isChosen(choice: NetworkChoice, name: string): boolean {
  return typeof choice === "string" ? choice === "recreate" : choice.includes(name);
}

/** What a restore does to networks, from what the point has and what is there. */
export function planNetworks(input: NetworkPlanInput): NetworkPlan {
  const { choice, present, isAutomatic } = input;
  const recorded = input.recorded.filter(({ definition }) => !isOfEngine(definition));
  const byName = new Map(present.map((network) => [network.name, network]));
  const conflicts = recorded.flatMap((one): Conflict[] => {
    const now = byName.get(one.definition.name);
    if (now === undefined || isOfEngine(now)) return [];
    const differences = networkDifferences(one.definition, now);
    return differences.length === 0 ? [] : [{ recorded: one, present: now, differences }];
  });
  const recreate = conflicts.filter(({ present: { name } }) => isChosen(choice, name));
  const keep = conflicts.filter((conflict) => !recreate.includes(conflict));
  const gone = recorded.filter(({ definition }) => !byName.has(definition.name));
  const leaving = new Set(recreate.map(({ present: { id } }) => id));
  const placed: NetworkDefinition[] = present.filter(({ id }) => !leaving.has(id));
  const taken: TakenSubnet[] = [];
  const moved: TakenSubnet[] = [];
  const place = (network: RecordedNetwork, mayMove: boolean): RecordedNetwork => {
    const found = takenSubnet(network.definition, placed);
    if (found === undefined) {
      placed.push(network.definition);
      return network;
    }
    (mayMove ? moved : taken).push(found);
    return mayMove ? withoutSubnets(network) : network;
  };
  for (const { recorded: one } of recreate) place(one, false);
  // Subnets that somebody asked for come before those that the engine may choose anew.
  const fixed = gone.filter(({ definition }) => !isAutomatic(definition));
  const automatic = gone.filter(({ definition }) => isAutomatic(definition));
  const make = [
    ...fixed.map((network) => place(network, false)),
    ...automatic.map((network) => place(network, true)),
  ];
  const made = [...make, ...recreate.map((one) => one.recorded)].map((one) => one.definition);
  const configurations = new Set(
    present.flatMap(({ configOnly, name }) => (configOnly ? [name] : [])),
  );
  return {
    make,
    recreate,
    keep,
    moved,
    taken,
    masked: made.filter((one) => JSON.stringify(one).includes(mask)).map(({ name }) => name),
    orphans: made.flatMap(({ name, configFrom }) =>
      configFrom === undefined || configurations.has(configFrom)
        ? []
        : [{ network: name, configFrom }],
    ),
  };
}
