import { besideOf, type Move, moved, treesOf } from "../../../domain/copy/moves.ts";
import { isProjectName, projectNameRule } from "../../../domain/discovery/project-name.ts";
import type { ImagePin } from "../../../domain/image-pins.ts";
import type { Manifest } from "../../../domain/manifest.ts";
import { StackholdError } from "../../../errors.ts";
import type { ComposeProject } from "../../../ports/composer.ts";
import { composeProject } from "../../compose-project.ts";
import type { Deps } from "../../context.ts";
import type { Placement } from "../placements.ts";

/** A point's stack under another name. */
export interface CopyPlan {
  /** Of the new project. */
  readonly name: string;
  /** Each has a target, volumes aside. */
  readonly placed: readonly Placement[];
  readonly moves: readonly Move[];
  /** The stored files where they will be, under the new name. */
  readonly project: ComposeProject;
  /** Images that the original had and that its files' names mean no more. */
  readonly pins: readonly ImagePin[];
}

function refuse(message: string, hint: string): never {
  throw new StackholdError("USAGE", message, { hint });
}

export function refuseName(name: string, manifest: Manifest): void {
  if (!isProjectName(name)) {
    refuse(`"${name}" is no name of a Compose project`, projectNameRule);
  }
  if (name === manifest.stack?.project || name === manifest.unit) {
    refuse(`${name} is the original's own name`, "--to in-place restores it under its own name");
  }
}

function storedProject(manifest: Manifest): ComposeProject {
  const project = manifest.stack && composeProject(manifest.stack);
  if (project !== undefined) return project;
  return refuse(
    `${manifest.unit} was stored without its compose file`,
    "restore its files with --to directory:DIR",
  );
}

/** Links resolved: what lies behind one must not be reached through the copy. */
export async function planMoves(manifest: Manifest, name: string, deps: Deps) {
  const trees = treesOf(manifest);
  return Promise.all(
    trees.map(async ({ part, path }) => {
      const { realPath } = await deps.capture.probe(path);
      const to = besideOf(part.kind === "project" ? path : realPath, name);
      const froms = [...new Set([path, realPath])];
      return { part, target: to, moves: froms.map((from) => ({ from, to })) };
    }),
  );
}

export async function planCopy(manifest: Manifest, name: string, deps: Deps): Promise<CopyPlan> {
  const stored = storedProject(manifest);
  const trees = await planMoves(manifest, name, deps);
  const moves = trees.flatMap((tree) => tree.moves);
  const workingDir = moved(stored.workingDir, moves);
  if (workingDir === undefined) {
    return refuse(
      `the point ${manifest.backupId} of ${manifest.unit} has no project files (scope ${manifest.scope})`,
      "restore a point of scope standard, or the files with --to directory:DIR",
    );
  }
  const there = (path: string) => moved(path, moves) ?? path;
  const volumes = manifest.parts.filter(({ kind }) => kind === "volume");
  return {
    name,
    placed: [
      ...trees.map(({ part, target }) => ({ part, target })),
      ...volumes.map((part) => ({ part, target: undefined })),
    ],
    moves,
    pins: [],
    project: {
      project: name,
      workingDir,
      files: stored.files.map(there),
      environmentFiles: stored.environmentFiles.map(there),
    },
  };
}
