import { counted } from "../text.ts";
import type { Unit } from "../unit.ts";

/** `wordpress (stack, 3 containers, 2 volumes)` */
export function describeUnit(unit: Unit): string {
  const containers = counted(unit.containers.length, "container");
  return `${unit.name} (${unit.kind}, ${containers}, ${counted(volumesOf(unit).length, "volume")})`;
}

/** The engine's names of the volumes that the unit's containers mount, each once. */
export function volumesOf(unit: Unit): string[] {
  const mounts = unit.containers.flatMap((container) => container.mounts);
  return [...new Set(mounts.flatMap((mount) => mount.volume ?? []))].sort();
}
