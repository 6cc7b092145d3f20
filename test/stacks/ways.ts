import type { Fixture } from "./fixture.ts";
import type { Recorded } from "./record.ts";

export const scopes = ["minimal", "standard", "full"] as const;
export const ways = ["in place", "other name", "other engine"] as const;
export type Scope = (typeof scopes)[number];
export type Way = (typeof ways)[number];

export interface Stage {
  readonly fixture: Fixture;
  readonly before: Recorded;
  /** The directory of all stacks as it was. */
  readonly kept: string;
}

export interface Step {
  readonly scope: Scope;
  readonly point: string;
  readonly way: Way;
}
