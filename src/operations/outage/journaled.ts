import type { Member } from "../../domain/unit.ts";
import type { JournaledContainer } from "../../ports/journal.ts";

/** A container as it is found again later; one that does not run and shall not be started. */
export function asleep(member: Member): JournaledContainer {
  const project = member.labels["com.docker.compose.project"];
  return {
    id: member.id,
    name: member.name,
    ...(project === undefined ? {} : { project }),
    ...(member.service === undefined ? {} : { service: member.service }),
    number: member.number,
    stopTimeout: 0,
    rank: 0,
    follower: false,
    start: false,
  };
}
