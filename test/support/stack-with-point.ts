import { bedEngine } from "../bed/bed.ts";
import { createStack, removeProject, type Stack } from "../bed/compose.ts";
import { expectExit } from "./expect-exit.ts";
import type { Finished } from "./stackhold.ts";
import { createWorkspace, type Workspace, type WorkspaceOptions } from "./workspace.ts";

export interface StackWithPoint extends AsyncDisposable {
  readonly stack: Stack;
  readonly work: Workspace;
  /** In place unless told otherwise, with `--json`. */
  restore(...args: string[]): Promise<Finished>;
  /** What `copy` makes, and what goes with the stack. */
  readonly copyName: string;
  /** Restores it under that name, with `--json`. */
  copy(...args: string[]): Promise<Finished>;
}

export interface PointOptions extends Pick<WorkspaceOptions, "config"> {
  /** Files of the project besides its compose file. */
  readonly files?: Readonly<Record<string, string>>;
  /** What has to be done before it starts. */
  readonly prepare?: (stack: Stack) => Promise<unknown>;
  /** Instead of waiting until all of it is healthy. */
  readonly start?: (stack: Stack) => Promise<unknown>;
  /** Gives the running stack the data that the point holds. */
  readonly fill?: (stack: Stack) => Promise<unknown>;
  /** What the backup exits with, where that is not 0. */
  readonly exit?: number;
}

/** A stack that runs, and one point of it. */
export async function stackWithPoint(
  compose: string,
  { files = {}, config = {}, prepare, start = ({ up }) => up(), fill, exit = 0 }: PointOptions = {},
): Promise<StackWithPoint> {
  const engine = bedEngine();
  await using undo = new AsyncDisposableStack();
  const stack = undo.use(
    await createStack(engine, { files: { ...files, "compose.yaml": compose } }),
  );
  const work = undo.use(await createWorkspace(engine, { stacksDir: stack.root, config }));
  const copyName = `${stack.name}c`;
  undo.defer(() => removeProject(engine, copyName));
  await prepare?.(stack);
  await start(stack);
  await fill?.(stack);
  expectExit(await work.stackhold(["backup", stack.name, "--json"]), exit);
  const disposal = undo.move();
  return {
    stack,
    work,
    restore: (...args) => work.stackhold(["restore", stack.name, "--yes", "--json", ...args]),
    copyName,
    copy: (...args) =>
      work.stackhold(["restore", stack.name, "--to", `project:${copyName}`, "--json", ...args]),
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  };
}
