import type { Unit } from "../unit.ts";
import type { Unprotected } from "./candidates.ts";

/** Mounts are known from containers: of a service that has none, only labelled volumes are. */
export function absentServiceGaps({ absentServices }: Pick<Unit, "absentServices">): Unprotected[] {
  return absentServices.map(({ name }) => ({
    what: `service:${name}`,
    why: "it has no container, so binds and external volumes outside the project are not stored",
  }));
}
