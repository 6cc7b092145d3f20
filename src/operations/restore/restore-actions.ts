import { type ChosenPart, namesOf } from "../../domain/choose-parts.ts";
import { restoreHooks } from "../../domain/hooks.ts";
import { formatPart } from "../../domain/part.ts";
import { counted } from "../../domain/text.ts";
import { bytes as inWords } from "../../events/amounts.ts";
import { hookActions } from "../backup/planned-actions.ts";
import { loadText } from "./image-from-point.ts";
import type { InPlacePlan } from "./in-place.ts";
import { leftBehindBy } from "./left-behind.ts";
import type { LocatedPoint } from "./locate-point.ts";
import { conflictText, networkText } from "./networks/network-text.ts";
import { type Placement, reachOf } from "./placements.ts";
import type { RestoreInput } from "./restore-input.ts";
import { placesOf } from "./to-directory.ts";

/** What a restore would do, one line an act, in order. */
export function restoreActions(
  { reader: { manifest }, repository }: LocatedPoint,
  chosen: readonly ChosenPart[],
  input: RestoreInput,
  plan?: InPlacePlan,
): string[] {
  const check = `verify the point ${manifest.backupId} in ${repository.name}`;
  const of = ({ part: { bytes, files } }: ChosenPart) =>
    `${inWords(bytes)}, ${counted(files, "entry", "entries")}`;
  const named = (one: ChosenPart) => {
    const names = namesOf(one).join(", ");
    const isPath = one.only?.some(({ within }) => within !== undefined);
    const within = one.only === undefined || isPath ? "" : ` from within ${formatPart(one.part)}`;
    return `${names}${within} (${of(one)})`;
  };
  if (input.to.kind === "directory") {
    const { directory } = input.to;
    const unpack = chosen.map((one) => {
      const places = placesOf(one, directory);
      return `unpack ${named(one)} to ${places.join(", ")}`;
    });
    return [check, ...unpack];
  }
  if (plan === undefined) return [check];
  const running = plan.stop.containers.filter((container) => container.start);
  const rankOf = (name: string) => running.findIndex((container) => container.name === name);
  const left = leftBehindBy(plan.placed, plan.occupied, manifest, input.withProject);
  const hooks = restoreHooks(input.policy);
  return [
    check,
    ...hookActions(hooks.begin),
    ...plan.loads.map(loadText),
    ...(plan.standalone?.warnings ?? []),
    ...plan.placed.map(
      (placed) =>
        `unpack ${named(placed)} ${placed.target === undefined ? "into a new volume" : `beside ${placed.target}`}`,
    ),
    ...running.toReversed().map(({ name }) => `stop ${name}`),
    ...plan.networks.make.map(networkText),
    ...plan.networks.warnings,
    ...plan.networks.keep.map(conflictText),
    ...plan.volumes.map(({ name, driver }) => `make the volume ${name} (${driver})`),
    ...plan.placed.flatMap((placed) => exchangeText(placed, plan, input)),
    ...(left === undefined ? [] : [left]),
    ...(plan.standalone?.volumes ?? []).map(({ name }) => `create volume ${name}`),
    ...plan.now.missing.map(({ name, image }) => `create ${name} (${image.reference})`),
    ...(input.noStart ? [] : plan.starts)
      .toSorted((a, b) => rankOf(a) - rankOf(b))
      .map((name) => `start ${name}`),
    ...hookActions(hooks.post),
  ];
}

function exchangeText(placed: Placement, plan: InPlacePlan, input: RestoreInput): string[] {
  return reachOf(placed).flatMap((target) => replacement(placed, target, plan, input));
}

function replacement(
  { part, only }: Placement,
  target: string,
  plan: InPlacePlan,
  input: RestoreInput,
): string[] {
  if (!plan.occupied.has(target)) return [`put the restored data at ${target}`];
  if (part.kind === "project" && only === undefined && !input.withProject) {
    return [
      `in ${target} put back what is missing and the data mounted from there; files that differ stay`,
    ];
  }
  return [`keep what is at ${target} as a safety copy and put the restored data there`];
}
