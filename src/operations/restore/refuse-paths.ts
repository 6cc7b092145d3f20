import { formatPart } from "../../domain/part.ts";
import { StackholdError } from "../../errors.ts";
import type { Deps } from "../context.ts";
import type { Placement } from "./placements.ts";

function refused(why: string, hint: string): StackholdError {
  return new StackholdError("RESTORE_FAILED", why, { hint: `nothing was touched: ${hint}` });
}

/** A single path takes its place among what is there, so all above it must be. */
export async function refusePaths(
  placed: readonly Placement[],
  { capture }: Pick<Deps, "capture">,
): Promise<void> {
  for (const { part, target, only } of placed) {
    for (const { path, within } of only ?? []) {
      if (within === undefined) continue;
      if (target === undefined) {
        throw refused(`${formatPart(part)} is gone`, "restore it whole, without --path");
      }
      const link = await capture.linkWithin(target, path);
      if (link !== undefined) {
        throw refused(
          `${target}/${link.name} is a symbolic link to ${link.to} now, which a restore does not follow`,
          "remove it first, or restore with --to directory:DIR",
        );
      }
      const parent = `${target}/${path}`.slice(0, -(path.split("/").at(-1) ?? "").length - 1);
      const { type } = await capture.probe(parent);
      if (type === "directory") continue;
      throw refused(`${parent} is not there`, "name a path above it, or restore the whole part");
    }
  }
}
