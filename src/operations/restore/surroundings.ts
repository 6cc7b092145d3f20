import type { RestoreResult } from "../../domain/results.ts";
import type { InPlacePlan } from "./in-place.ts";

/** What a restore says of networks and volumes. */
export type Surroundings = Pick<RestoreResult, "networks" | "volumes">;

type NetworkResult = NonNullable<RestoreResult["networks"]>[number];

export function surroundingsOf({
  networks: { make, keep },
  volumes,
}: Pick<InPlacePlan, "networks" | "volumes">): Surroundings {
  const made = make.map(({ recorded, former, differences, others }): NetworkResult => {
    const action = former === undefined ? "created" : "recreated";
    const moved = former === undefined ? [] : [...others];
    return { name: recorded.definition.name, action, differences: [...differences], moved };
  });
  const kept = keep.map(({ present: { name }, differences }): NetworkResult => {
    return { name, action: "kept", differences: [...differences], moved: [] };
  });
  const networks = [...made, ...kept];
  return {
    ...(networks.length === 0 ? {} : { networks }),
    ...(volumes.length === 0 ? {} : { volumes: volumes.map(({ name }) => name) }),
  };
}
