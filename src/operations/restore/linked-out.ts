import { formatPart } from "../../domain/part.ts";
import { isInside } from "../../domain/refused-paths.ts";
import { StackholdError } from "../../errors.ts";
import type { Link } from "../../ports/capture.ts";
import type { Deps } from "../context.ts";
import type { StagedPart } from "./stage-parts.ts";

function unreachable(stage: StagedPart, project: StagedPart, { name, to }: Link): StackholdError {
  return new StackholdError(
    "RESTORE_FAILED",
    `${formatPart(stage.part)} cannot be restored: in the point ${project.target}/${name} is a symbolic link to ${to}, which is not there`,
    {
      hint: "nothing was touched: make that link and the directory that it leads to, or restore with --to directory:DIR",
    },
  );
}

/**
 * Data of a link in the project that led out of it is a part of its own. Where the link is followed
 * no more, because it or what it led to is gone, the data comes to the place itself: nothing is
 * written where only a link of the point leads. Returns what to say of it; nothing is swapped yet.
 */
export async function bringHome(staged: readonly StagedPart[], deps: Deps): Promise<string[]> {
  const project = staged.find(({ part, only }) => part.kind === "project" && only === undefined);
  if (project === undefined) return [];
  const warnings: string[] = [];
  for (const stage of staged) {
    const { target, swap, isNested } = stage;
    if (stage === project || !isInside(target, project.target)) continue;
    const name = target.slice(project.target.length + 1);
    const isFollowed = isNested !== true && swap.target !== `${project.swap.target}/${name}`;
    if (isFollowed) continue;
    const link = await deps.capture.linkWithin(project.swap.staged, name);
    if (link !== undefined && link.name !== name) throw unreachable(stage, project, link);
    if (isNested === true) await deps.capture.graft(swap.staged, project.swap.staged, name);
    if (link === undefined) continue;
    warnings.push(
      `${target} was a symbolic link to ${link.to}, which was not followed: its data is at ${target} itself now`,
    );
  }
  return warnings;
}
