import type { EngineAccess } from "../../bed/access.ts";
import { loopFileSystem } from "../../bed/loop-file-system.ts";
import { run } from "../../bed/run.ts";
import { freeSpace } from "../fairness.ts";
import { fileSystemOf } from "../machine.ts";
import { bytesOf, type DataSet, spaceOf } from "../plan.ts";
import { createSubject, type Subject } from "../subject.ts";

/** Most common, and two that can share blocks. */
export const fileSystems = ["ext4", "xfs", "btrfs"] as const;
export type FileSystem = (typeof fileSystems)[number];

const roomForItself = 4e9;

/**
 * A subject whose data and project lie on such a file system: the engine's own where it is one.
 * Its small files are slow to remove, and left for the end of all.
 */
export async function subjectOn(
  fileSystem: FileSystem,
  { tree }: DataSet,
  engine: EngineAccess,
  leftovers: AsyncDisposableStack,
): Promise<Subject> {
  if (fileSystem === (await fileSystemOf(await dataRoot(engine)))) {
    const subject = leftovers.use(await createSubject(engine, tree));
    const dispose = () => freeSpace(subject.source, subject.workspace.root);
    return { ...subject, [Symbol.asyncDispose]: dispose };
  }
  await using undo = new AsyncDisposableStack();
  const bytes = Math.ceil(spaceOf(tree) * 2 + roomForItself); // a sparse file
  const loop = undo.use(await loopFileSystem(fileSystem, { bytes }));
  const subject = undo.use(await createSubject(engine, tree, loop.path));
  const disposal = undo.move();
  return { ...subject, [Symbol.asyncDispose]: () => disposal.disposeAsync() };
}

async function dataRoot({ env }: EngineAccess): Promise<string> {
  return (await run(["docker", "info", "--format", "{{.DockerRootDir}}"], { env })).stdout.trim();
}

/** The data, one archive of it, and a spool or another tool's repository. */
export const downtimeSpace = ({ tree }: DataSet): number => spaceOf(tree) + 1.3 * bytesOf(tree);
