import type { RecordedMember } from "../manifest.ts";
import type { BindPlace } from "./bind-place.ts";
import type { Remarks } from "./remarks.ts";

export interface ServiceContext {
  /** The original's containers. */
  readonly members: readonly RecordedMember[];
  readonly bindPlace: (source: string) => BindPlace;
  /** Instead of the one that its name means by now. */
  readonly image?: string | undefined;
  readonly remarks: Remarks;
}
