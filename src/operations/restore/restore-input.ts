import type { NetworkChoice } from "../../domain/networks/plan.ts";
import type { PartPattern } from "../../domain/part.ts";
import type { UnitPolicy } from "../../domain/policy.ts";

export type RestoreTarget =
  | { readonly kind: "in-place" }
  | { readonly kind: "directory"; readonly directory: string }
  /** Data and scripts in a directory, to restore by hand. */
  | { readonly kind: "script"; readonly directory: string }
  /** A Compose project of that name beside the original. */
  | { readonly kind: "project"; readonly name: string };

export interface RestoreInput {
  readonly unit: string;
  /** `latest`, a backup id or a time. */
  readonly at: string;
  readonly to: RestoreTarget;
  /** Only these parts; all where there are none. */
  readonly parts: readonly PartPattern[];
  /** Only what these services mount; with `parts` that as well. */
  readonly services: readonly string[];
  /** Only these paths of the one part, relative to its root; all of it where there are none. */
  readonly paths: readonly string[];
  /** Undefined: the first that has the newest point. */
  readonly repository?: string;
  /** Whose point; undefined: this host's. */
  readonly host?: string;
  readonly dryRun: boolean;
  /** Leave everything stopped. */
  readonly noStart: boolean;
  /** Replace an existing project directory whole. */
  readonly withProject: boolean;
  /** What becomes of networks that differ from the point's. */
  readonly networks: NetworkChoice;
  readonly policy: Pick<
    UnitPolicy,
    "accept" | "startTimeout" | "stayUp" | "stopTimeout" | "containers" | "hooks" | "hookTimeout"
  >;
}
