import { temporaryDirectory } from "../../src/testing/points.ts";
import { bedEngine } from "../bed/bed.ts";
import { createStack, type Stack } from "../bed/compose.ts";
import { run } from "../bed/run.ts";
import { kopiaWorkspace } from "./kopia-workspace.ts";
import { hostComposeFile, service } from "./services.ts";
import { type Standing, standing } from "./standing.ts";
import type { Workspace } from "./workspace.ts";

type Keys = Readonly<Record<string, unknown>>;

/** A stack with one volume, and a Stackhold that keeps it in Kopia repositories. */
export interface KopiaStack extends AsyncDisposable {
  readonly stack: Stack;
  readonly name: string;
  readonly workspace: Workspace;
  /** For the repositories' storages. */
  readonly place: string;
  /** Its containers, by name. */
  look(): Promise<Record<string, Standing>>;
  /** Host path of the volume. */
  volume(): Promise<string>;
  /** Puts so much that was never stored before into the volume. */
  fill(file: string, megabytes: number): Promise<void>;
}

export async function kopiaStack(
  repositories: (place: string) => Readonly<Record<string, Keys>>,
  config: Keys = {},
  make = hostComposeFile,
): Promise<KopiaStack> {
  const engine = bedEngine();
  const { env } = engine;
  const app = service({ volumes: ["data:/data"] });
  const files = { "compose.yaml": make({ app }, { data: {} }) };
  const stack = await createStack(engine, { files });
  await stack.compose(["up", "-d"]);
  const place = await temporaryDirectory();
  const stacksDir = stack.root;
  const workspace = await kopiaWorkspace(engine, repositories(place.path), { stacksDir, config });
  const inspect = ["docker", "volume", "inspect", "-f", "{{.Mountpoint}}", `${stack.name}_data`];
  return {
    ...{ stack, name: stack.name, workspace, place: place.path },
    look: () => standing(engine, { projects: [stack.name] }),
    volume: async () => (await run(inspect, { env })).stdout.trim(),
    fill: async (file, megabytes) => {
      const words = ["dd", "if=/dev/urandom", `of=/data/${file}`, "bs=1M", `count=${megabytes}`];
      await stack.exec("app", words);
    },
    async [Symbol.asyncDispose]() {
      await workspace[Symbol.asyncDispose]();
      await stack[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}
