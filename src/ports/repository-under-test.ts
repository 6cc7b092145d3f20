import type { PartId } from "../domain/part.ts";
import type { PointRef, Repository } from "./repository.ts";

/** A real repository and what befalls one. */
export interface RepositoryUnderTest {
  readonly repository: Repository;
  /** Begins a point and leaves it as a killed run does. */
  leavePartial(ref: PointRef): Promise<void>;
  /** Makes the manifest of a published point unreadable. */
  damageManifest(ref: PointRef): Promise<void>;
  /** Makes the point one of a newer Stackhold. */
  makeNewer(ref: PointRef): Promise<void>;
  /** Changes stored bytes of a part without changing their number. */
  corrupt(ref: PointRef, part: PartId): Promise<void>;
  dispose(): Promise<void>;
}
