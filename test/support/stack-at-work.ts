import { bedEngine } from "../bed/bed.ts";
import { createStack, type Stack } from "../bed/compose.ts";
import { type Standing, standing } from "./standing.ts";
import { createWorkspace, type Workspace, type WorkspaceOptions } from "./workspace.ts";

export interface StackAtWork extends AsyncDisposable {
  readonly stack: Stack;
  readonly workspace: Workspace;
  /** Its containers, by name. */
  look(): Promise<Record<string, Standing>>;
  until(ready: (all: Record<string, Standing>) => boolean): Promise<void>;
  /** The name of a service's container. */
  named(service: string, number?: number): string;
}

/** A stack that was started, and a Stackhold that knows of it. */
export async function stackAtWork(
  compose: string,
  options: WorkspaceOptions & { readonly files?: Record<string, string> } = {},
): Promise<StackAtWork> {
  const engine = bedEngine();
  const files = { ...options.files, "compose.yaml": compose };
  const stack = await createStack(engine, { files });
  await stack.compose(["up", "-d"]);
  const workspace = await createWorkspace(engine, { stacksDir: stack.root, ...options });
  const look = () => standing(engine, { projects: [stack.name] });
  return {
    stack,
    workspace,
    look,
    named: (service, number = 1) => `${stack.name}-${service}-${number}`,
    until: async (ready) => {
      while (!ready(await look())) await new Promise((resolve) => setTimeout(resolve, 50));
    },
    async [Symbol.asyncDispose]() {
      await workspace[Symbol.asyncDispose]();
      await stack[Symbol.asyncDispose]();
    },
  };
}
