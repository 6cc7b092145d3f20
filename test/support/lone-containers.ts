import { bedEngine } from "../bed/bed.ts";
import { run } from "../bed/run.ts";
import { image } from "./services.ts";
import type { Inspection } from "./without-ids.ts";

export { type Inspection, withoutIds } from "./without-ids.ts";

/** Containers without a stack, with whatever else is made by hand; all of it goes with the object. */
export interface LoneContainers extends AsyncDisposable {
  docker(...args: string[]): Promise<string>;
  /** `docker create` or `docker run -d` with these options and words, of the small image. */
  make(
    how: "create" | "run",
    name: string,
    options: readonly string[],
    command?: readonly string[],
  ): Promise<void>;
  /** The engine's words on containers, in the order of the names. */
  inspect(...names: string[]): Promise<Inspection[]>;
  /** Host path of what a container has mounted. */
  place(name: string, destination: string): Promise<string>;
  /** Removes containers with their anonymous volumes, and these volumes. */
  lose(names: readonly string[], volumes?: readonly string[]): Promise<void>;
  isThere(kind: "container" | "volume", name: string): Promise<boolean>;
}

const lasting = ["sleep", "infinity"];

export function loneContainers(networks: readonly string[] = []): LoneContainers {
  const { env } = bedEngine();
  const docker = async (...args: string[]) => (await run(["docker", ...args], { env })).stdout;
  const made = { container: new Set<string>(), volume: new Set<string>() };
  const inspect = async (...names: string[]): Promise<Inspection[]> =>
    JSON.parse(await docker("inspect", "--type", "container", ...names));
  const isThere = async (kind: "container" | "volume", name: string) => {
    const listed = await docker(
      ...(kind === "container"
        ? ["ps", "-a", "--format", "{{.Names}}"]
        : ["volume", "ls", "--format", "{{.Name}}"]),
    );
    return listed.split("\n").includes(name);
  };
  return {
    docker,
    inspect,
    isThere,
    async make(how, name, options, command = lasting) {
      const begin = how === "run" ? ["run", "-d"] : ["create"];
      await docker(...begin, "--name", name, ...options, image, ...command);
      made.container.add(name);
      const [{ Mounts }] = await inspect(name);
      for (const { Type, Name } of Mounts) {
        if (Type === "volume" && !/^[0-9a-f]{64}$/.test(Name)) made.volume.add(Name);
      }
    },
    async place(name, destination) {
      const [{ Mounts }] = await inspect(name);
      return Mounts.find((mount: Inspection) => mount.Destination === destination).Source;
    },
    async lose(names, volumes = []) {
      await docker("rm", "-fv", ...names);
      for (const volume of volumes) await docker("volume", "rm", volume);
    },
    async [Symbol.asyncDispose]() {
      for (const kind of ["container", "volume"] as const) {
        for (const name of made[kind]) {
          if (!(await isThere(kind, name))) continue;
          await docker(...(kind === "container" ? ["rm", "-fv", name] : ["volume", "rm", name]));
        }
      }
      for (const network of networks) await docker("network", "rm", network);
    },
  };
}
