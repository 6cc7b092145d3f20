import { type Hook, hookText } from "../../domain/hooks.ts";
import type { Freeze } from "../../domain/manifest.ts";
import { formatPart } from "../../domain/part.ts";
import type { Gathered } from "../recipe/gather.ts";
import type { SourceFreeze } from "./freeze/plan-freeze.ts";
import type { PreparedUnit } from "./prepare-unit.ts";

const verbs = {
  stop: ["stop", "start"],
  pause: ["pause", "unpause"],
  down: ["remove", "create and start"],
  none: ["", ""],
} as const;

type Moment = "before" | "down" | "after";

/** What is done for a source, before, while and after its unit is down. */
const moments: Readonly<Record<Freeze, (what: string, from: string) => [Moment, string][]>> = {
  none: (what, from) => [["down", `store ${what} from ${from}`]],
  "two-phase": (what, from) => [
    ["before", `store ${what} from ${from} while it runs`],
    ["down", `copy what changed of ${what}`],
    ["after", `store what changed of ${what}`],
  ],
  snapshot: (what, from) => [
    ["down", `take a snapshot of ${from}`],
    ["after", `store ${what} from the snapshot`],
  ],
};

function steps({ source, way, why }: SourceFreeze): [Moment, string][] {
  const done = moments[way](formatPart(source), source.path);
  return why === undefined ? done : done.map(([when, what]) => [when, `${what} (${why})`]);
}

export function hookActions(hooks: readonly Hook[]): string[] {
  return hooks.map((hook) => `run ${hookText(hook)}`);
}

/** In the order in which a backup does them. */
export function plannedActions(prepared: PreparedUnit, gathered: Gathered): string[] {
  const { outage, freezes, hooks, policy } = prepared;
  const [down, up] = verbs[outage.way];
  const own = outage.containers.filter((container) => !container.follower);
  const followers = outage.containers.filter((container) => container.follower);
  const all = freezes.flatMap(steps);
  const at = (moment: Moment) => all.flatMap(([when, what]) => (when === moment ? [what] : []));
  return [
    ...hookActions(hooks.begin),
    ...at("before"),
    ...gathered.images.map(({ references }) => `store the image ${references.join(", ")}`),
    ...hookActions(hooks.freeze),
    ...outage.lasting.map(({ name, why }) => `leave ${name} running, which ${why}`),
    ...own.toReversed().map((c) => `${down} ${c.name} (at most ${c.stopTimeout} s)`),
    ...at("down"),
    ...own.map((c) => `${up} ${c.name}`),
    ...followers.map((c) => `restart ${c.name}, which shares its network`),
    ...hookActions(hooks.post),
    ...hooks.skipped,
    ...at("after"),
    ...gathered.parts.map((part) => `store ${formatPart({ kind: part.kind, name: "" })}`),
    ...policy.repositories.map((name) => `publish the point in ${name}`),
  ];
}
