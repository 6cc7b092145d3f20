import type { Manifest, RecordedMember } from "../../domain/manifest.ts";
import { isRunning, type Member, type Unit, type Volume } from "../../domain/unit.ts";
import type { Deps } from "../context.ts";
import { discoverUnits } from "../discover-units.ts";
import { inspectAll } from "../inspect-all.ts";
import { pairUp } from "./pair-up.ts";

/** What of a point's unit is here now. */
export interface Survey {
  /** RFC 3339: when this was so. */
  readonly at: string;
  readonly unit: Unit | undefined;
  readonly members: readonly Member[];
  readonly volumes: ReadonlyMap<string, Volume>;
  /** Recorded members, one-off jobs aside, that have no container now. */
  readonly missing: readonly RecordedMember[];
  /** Running containers of other units. */
  readonly others: readonly Member[];
}

/** A standalone container is found by its own name, whatever its unit is called beside others. */
function isUnitOf(manifest: Manifest, unit: Unit): boolean {
  if (manifest.kind === "stack") return unit.name === manifest.unit;
  const name = manifest.members[0]?.name ?? manifest.unit;
  return unit.kind === "standalone" && unit.project === name;
}

export async function survey(manifest: Manifest, deps: Deps): Promise<Survey> {
  const at = deps.clock.now().toISOString();
  const { units } = await discoverUnits(deps.settings, deps);
  const unit = units.find((candidate) => isUnitOf(manifest, candidate));
  const elsewhere = units.filter((u) => u !== unit).flatMap((u) => u.containers);
  const ids = (unit?.containers ?? []).map((container) => container.id);
  const members = await inspectAll(ids, deps.engine);
  const others = await inspectAll(
    elsewhere.filter(isRunning).map((c) => c.id),
    deps.engine,
  );
  const volumes = new Map((await deps.engine.volumes()).map((volume) => [volume.name, volume]));
  const here = pairUp(manifest.members, members);
  const missing = manifest.members.filter((recorded) => !recorded.oneOff && !here.has(recorded));
  return { at, unit, members, volumes, missing, others };
}
