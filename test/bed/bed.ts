import { describe, inject } from "vitest";
import { accessTo, type EngineAccess } from "./access.ts";

/** The engine of the test run. Throws where there is none: use it inside `describeWithEngine`. */
export function bedEngine(): EngineAccess {
  const dockerHost = inject("dockerHost");
  if (dockerHost === "") throw new Error("this test run has no engine");
  return accessTo(dockerHost);
}

/** `describe` for tests that need the engine; skipped where there is none and STACKHOLD_REQUIRE allows that. */
export const describeWithEngine = describe.skipIf(inject("dockerHost") === "");
