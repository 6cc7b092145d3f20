import type { PointReader, PointWriter, Repository } from "../../ports/repository.ts";
import type { Context, Deps } from "../context.ts";

export type CopyDeps = Pick<
  Deps,
  "repositories" | "history" | "settings" | "engine" | "clock" | "locks" | "capture" | "stateSpool"
>;

/** A point on its way. */
export interface Transfer {
  readonly from: Repository;
  readonly reader: PointReader;
  readonly to: Repository;
  readonly writer: PointWriter;
  readonly deps: CopyDeps;
  readonly context: Context;
}
