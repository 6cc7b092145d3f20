import pLimit from "p-limit";
import type { UnitPolicy } from "../../domain/policy.ts";
import type { Findings } from "../../domain/recipe/gathered.ts";
import { ownChanges } from "../../domain/sources/layer-changes.ts";
import {
  type ChangedLayer,
  layerCoverage,
  layerName,
} from "../../domain/sources/layer-coverage.ts";
import type { Member } from "../../domain/unit.ts";
import { isErrorCode, messageOf, StackholdError } from "../../errors.ts";
import type { Engine } from "../../ports/engine.ts";

/** Each answer may be long, and costs the engine a walk through the layer. */
const atOnce = 4;

type Looked = ChangedLayer | { readonly gap: { readonly what: string; readonly why: string } };

/** By service: what Compose wrote into its containers. Asked only where a container holds anything. */
export type Injected = () => Promise<ReadonlyMap<string, readonly string[]>>;

/** A container that has gone meanwhile holds nothing any more. */
async function look(member: Member, injected: Injected, engine: Engine): Promise<Looked[]> {
  try {
    const changes = await engine.changes(member.id);
    const all = ownChanges(changes, member);
    if (all.lost.length === 0 || member.service === undefined) return [{ member, changes: all }];
    const files = (await injected()).get(member.service);
    return [{ member, changes: ownChanges(changes, member, files) }];
  } catch (error) {
    if (!(error instanceof StackholdError) || isErrorCode(error, "CANCELLED")) throw error;
    if (isErrorCode(error, "CONTAINER_MISSING")) return [];
    return [{ gap: { what: layerName(member), why: messageOf(error) } }];
  }
}

/** What the containers keep where nothing is captured. */
export async function writableLayers(
  members: readonly Member[],
  { includeData, containers }: Pick<UnitPolicy, "includeData" | "containers">,
  injected: Injected,
  engine: Engine,
): Promise<Findings> {
  const each = (member: Member) => look(member, injected, engine);
  const looked = (await pLimit(atOnce).map(members, each)).flat();
  const unknown = looked.flatMap((one) => ("gap" in one ? [one.gap] : []));
  const layers = looked.flatMap((one) => ("gap" in one ? [] : [one]));
  const { gaps, excluded } = layerCoverage(layers, ({ name }) => {
    if (containers[name]?.enable === false) return "label stackhold.enable";
    return includeData ? undefined : "include_data: false";
  });
  return { gaps: [...unknown, ...gaps], excluded };
}
