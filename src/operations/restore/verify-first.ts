import type { StoredPart } from "../../domain/manifest.ts";
import { StackholdError } from "../../errors.ts";
import type { Context, Deps } from "../context.ts";
import { progressReporter } from "../progress.ts";
import type { LocatedPoint } from "./locate-point.ts";

/** Throws POINT_DAMAGED unless structure and checksums of the parts, and of the images if asked, are right. */
export async function verifyFirst(
  { reader, repository }: LocatedPoint,
  parts: readonly StoredPart[],
  deps: Pick<Deps, "clock">,
  context: Context,
  images = false,
  hint = "nothing was touched; restore another point: stackhold list points",
): Promise<void> {
  const { unit, backupId } = reader.manifest;
  const onProgress = progressReporter({ unit, subject: "verify" }, deps.clock, context.emit);
  const problems = await reader.verify(
    { deep: false, parts, images },
    { signal: context.signal, onProgress },
  );
  if (problems.length === 0) return;
  const named = problems.map(({ part, problem }) => `${part}: ${problem}`).join("; ");
  throw new StackholdError(
    "POINT_DAMAGED",
    `the point ${backupId} of ${unit} in ${repository.name} is damaged: ${named}`,
    { hint },
  );
}
