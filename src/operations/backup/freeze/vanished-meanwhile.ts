import { mayWrite } from "../../../domain/sources/live-shared.ts";
import type { PlannedSource } from "../../../domain/sources/plan-sources.ts";
import type { ContainerSummary } from "../../../domain/unit.ts";
import { isErrorCode } from "../../../errors.ts";
import type { EngineEvent } from "../../../ports/engine.ts";
import type { Deps } from "../../context.ts";
import type { PreparedUnit } from "../prepare-unit.ts";
import type { Intruder, Moment } from "./ran-meanwhile.ts";

const label = (name: string) => `com.docker.compose.${name}`;
const seconds = (time: string) => Date.parse(time) / 1000;

async function eventsSince(since: string, deps: Deps): Promise<EngineEvent[]> {
  const events: EngineEvent[] = [];
  const until = deps.clock.now().getTime() / 1000;
  const filter = { actions: ["start", "die", "mount"], since: seconds(since), until };
  try {
    for await (const event of deps.engine.events(filter)) events.push(event);
  } catch (error) {
    // A proxy that lets nobody see events.
    if (!isErrorCode(error, "ENGINE_FORBIDDEN")) throw error;
  }
  return events;
}

/** By the volumes that it mounted, or by what its service's other containers mount. */
function writtenBy(
  gone: EngineEvent,
  events: readonly EngineEvent[],
  { unit, members, plan }: PreparedUnit,
): PlannedSource[] {
  const volumes = events
    .filter(({ type, attributes }) => type === "volume" && attributes.container === gone.id)
    .filter(({ attributes }) => attributes["read/write"] === "true")
    .map(({ id }) => id);
  const isOurs = unit.kind === "stack" && gone.attributes[label("project")] === unit.project;
  const peers = isOurs
    ? members.filter(({ service }) => service === gone.attributes[label("service")])
    : [];
  return plan.sources.filter(
    (source) =>
      (source.kind === "volume" && volumes.includes(source.source)) ||
      peers.some((peer) => mayWrite(peer, source)),
  );
}

/** Containers that came, ended and were removed, e.g. by `compose run --rm`: events tell of them. */
export async function vanishedMeanwhile(
  prepared: PreparedUnit,
  present: readonly ContainerSummary[],
  { from, to }: Moment,
  deps: Deps,
): Promise<Intruder[]> {
  const { members, surroundings } = prepared;
  const events = await eventsSince(surroundings.at, deps);
  const known = new Set([...members, ...surroundings.others, ...present].map(({ id }) => id));
  const at = ({ timeNano }: EngineEvent) => Number(timeNano) / 1e9;
  const of = (action: string) =>
    events.filter((event) => event.type === "container" && event.action === action);
  const late = of("start").filter((event) => at(event) > seconds(to));
  return of("die")
    .filter((event) => !known.has(event.id) && at(event) >= seconds(from))
    .filter(({ id }) => !late.some((event) => event.id === id))
    .map((gone) => ({
      name: gone.attributes.name ?? gone.id,
      sources: writtenBy(gone, events, prepared),
    }))
    .filter(({ sources }) => sources.length > 0);
}
