import { formatPart, partStem } from "../../domain/part.ts";
import { counted } from "../../domain/text.ts";
import { bytes as inWords } from "../../events/amounts.ts";
import type { InPlacePlan } from "./in-place.ts";
import type { LocatedPoint } from "./locate-point.ts";
import type { Placement } from "./placements.ts";
import type { RestoreInput } from "./restore-input.ts";

/** What a restore would do, one line an act, in order. */
export function restoreActions(
  { reader: { manifest }, repository }: LocatedPoint,
  input: RestoreInput,
  plan?: InPlacePlan,
): string[] {
  const check = `verify the point ${manifest.backupId} in ${repository.name}`;
  const of = (bytes: number, files: number) =>
    `${inWords(bytes)}, ${counted(files, "entry", "entries")}`;
  if (input.to.kind === "directory") {
    const { directory } = input.to;
    const unpack = manifest.parts.map(
      (part) =>
        `unpack ${formatPart(part)} (${of(part.bytes, part.files)}) to ${directory}/${partStem(part)}`,
    );
    return [check, ...unpack];
  }
  if (plan === undefined) return [check];
  const running = plan.stop.containers.filter((container) => container.start);
  const rankOf = (name: string) => running.findIndex((container) => container.name === name);
  return [
    check,
    ...plan.placed.map(
      ({ part, target }) =>
        `unpack ${formatPart(part)} (${of(part.bytes, part.files)}) ${target === undefined ? "into a new volume" : `beside ${target}`}`,
    ),
    ...running.toReversed().map(({ name }) => `stop ${name}`),
    ...plan.placed.flatMap((placed) => exchangeText(placed, plan, input)),
    ...plan.now.missing.map(({ name, image }) => `create ${name} (${image.reference})`),
    ...manifest.members
      .filter((member) => member.running && !member.oneOff && !input.noStart)
      .toSorted((a, b) => rankOf(a.name) - rankOf(b.name))
      .map(({ name }) => `start ${name}`),
  ];
}

function exchangeText(
  { part, target }: Placement,
  plan: InPlacePlan,
  input: RestoreInput,
): string[] {
  if (target === undefined) return [];
  if (!plan.occupied.has(target)) return [`put the restored data at ${target}`];
  if (part.kind === "project" && !input.withProject) {
    return [
      `in ${target} put back what is missing and the data mounted from there; files that differ stay`,
    ];
  }
  return [`keep what is at ${target} as a safety copy and put the restored data there`];
}
