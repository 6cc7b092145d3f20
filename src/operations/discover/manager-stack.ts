import type { LabelledStack } from "../../domain/discovery/group-containers.ts";
import { closest, mapPath, mountsAround } from "../../domain/discovery/manager-paths.ts";
import type { ContainerSummary } from "../../domain/unit.ts";
import type { StackFiles } from "../../ports/stack-files.ts";

/** A stack whose directory may lie in the container of its manager. */
export interface PlacedStack extends LabelledStack {
  readonly seenAs?: string;
  readonly mayBe?: readonly string[];
}

/**
 * Labels hold paths as whoever made the stack saw them. Where its directory and compose file are
 * not on this host, they are looked for through the mounts of the containers that run.
 */
export async function placeStack(
  stack: LabelledStack,
  containers: readonly ContainerSummary[],
  stackFiles: StackFiles,
): Promise<PlacedStack> {
  const { workingDir, composeFiles, environmentFiles } = stack;
  const witness = composeFiles[0] ?? workingDir;
  if (workingDir === undefined || witness === undefined) return stack;
  const here = await Promise.all([workingDir, witness].map((path) => stackFiles.realPath(path)));
  if (here.some((path) => path !== undefined)) return stack;
  const around = mountsAround(witness, containers);
  const there = await Promise.all(
    around.map((mount) => stackFiles.realPath(mapPath(witness, mount))),
  );
  const found = closest(around.filter((_, index) => there[index] !== undefined));
  const [mount] = found;
  if (mount === undefined) return stack;
  const map = (path: string) => mapPath(path, mount);
  if (found.length > 1) return { ...stack, mayBe: found.map((one) => mapPath(workingDir, one)) };
  return {
    ...stack,
    workingDir: map(workingDir),
    composeFiles: composeFiles.map(map),
    environmentFiles: environmentFiles.map(map),
    seenAs: workingDir,
  };
}
