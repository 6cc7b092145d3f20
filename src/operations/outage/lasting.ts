import { writersOf } from "../../domain/sources/live-shared.ts";
import type { PlannedSource } from "../../domain/sources/plan-sources.ts";
import { type OutagePlan, removesItself } from "./plan-outage.ts";

/** What it means for a backup that some containers cannot be stopped without being lost. */
export function lastingWarnings(
  { members, lasting, cutOff }: OutagePlan,
  sources: readonly PlannedSource[],
): string[] {
  const writing = lasting.filter(({ name }) =>
    members
      .filter((member) => member.name === name)
      .some((member) => sources.some((source) => writersOf(source, [member]).length > 0)),
  );
  return [
    ...writing.map(
      ({ name, why }) => `${name} ${why}, so it keeps running: its data is not of one instant`,
    ),
    ...cutOff.map(
      (name) =>
        `${name} ${removesItself}, so it is not restarted: it loses the network that it shares`,
    ),
  ];
}
