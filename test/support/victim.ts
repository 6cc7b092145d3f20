import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineAccess } from "../bed/access.ts";
import { createStack, type Stack } from "../bed/compose.ts";
import { run } from "../bed/run.ts";
import { inOwnSubnet } from "./own-subnet.ts";
import { composeFile, hostComposeFile, image, service } from "./services.ts";
import { lasting, standing } from "./standing.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

/** Of the data: every place that a restore replaces says which version it holds. */
export type Version = "live" | "point";

/**
 * A stack to be hurt: a service with two dependents, one of which does not obey SIGTERM, and one that
 * is stopped; data in a volume, in a bind beside the project that is a mount point, in a bind within
 * the project, and in the project itself.
 */
export interface Victim extends AsyncDisposable {
  readonly name: string;
  readonly stack: Stack;
  readonly workspace: Workspace;
  /** Ids, states and policies of all containers, by name. */
  look(): Promise<unknown>;
  write(version: Version): Promise<void>;
  /**
   * Whether all data is of before or of after a restore of `point` data onto `live` data; else
   * what is where.
   */
  restored(withProject: boolean): Promise<"old" | "new" | Record<string, string>>;
  /** Directories of safety copies and staged data, with what they hold. */
  safetyPlaces(): Promise<Record<string, string[]>>;
  forgetSafetyCopies(): Promise<void>;
  /** Container, volumes and files gone. */
  wipe(): Promise<void>;
}

const stubborn = { command: ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"] };

function compose(bind: string, make: typeof composeFile): string {
  return make(
    {
      db: service({ restart: "always", volumes: ["data:/data"] }),
      app: JSON.stringify({
        image,
        ...stubborn,
        stop_grace_period: "1s",
        restart: "unless-stopped",
        depends_on: ["db"],
        volumes: [`${bind}:/bind`],
      }),
      web: service({ depends_on: ["db"], volumes: ["./inner:/inner"] }),
      idle: service({ restart: "always", depends_on: ["db"] }),
    },
    { data: {} },
  );
}

const isMarker = (name: string) => name.startsWith("only-");

/** What a place says of its version: the marks in it, in one word where they agree. */
async function versionAt(directory: string): Promise<string> {
  const names = await readdir(directory).catch(() => undefined);
  if (names === undefined) return "missing";
  const texts = await Promise.all(
    names
      .filter((name) => name.startsWith("version"))
      .map((name) => readFile(join(directory, name), "utf8")),
  );
  const only = names.filter(isMarker).map((name) => name.slice("only-".length));
  return [[...new Set(texts)].sort().join("+"), only.sort().join("+")].join("/");
}

async function writeAt(directory: string, version: Version, marks: number): Promise<void> {
  const names = await readdir(directory);
  for (const name of names.filter(isMarker)) await rm(join(directory, name));
  await writeFile(join(directory, `only-${version}`), "");
  for (let mark = 1; mark <= marks; mark += 1) {
    await writeFile(join(directory, `version${mark}`), version);
  }
}

async function fill(directory: string, files: number, bigBytes: number): Promise<void> {
  for (let group = 0; group * 100 < files; group += 1) {
    const below = join(directory, `bulk${group}`);
    await mkdir(below);
    const names = Array.from({ length: 100 }, (_, n) => join(below, `file-${n}`));
    await Promise.all(names.map((name) => writeFile(name, randomBytes(512))));
  }
  await writeFile(join(directory, "big"), randomBytes(bigBytes));
}

export async function createVictim(
  engine: EngineAccess,
  name: string,
  config: Readonly<Record<string, unknown>> = {},
  /** In the host's, of which nobody asks anything, a start costs a third. */
  network: "host" | "own" = "own",
): Promise<Victim> {
  const { env } = engine;
  const bind = await mkdtemp(join(tmpdir(), "stackhold-bind-"));
  await run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=755", "none", bind]);
  const stack = await createStack(engine, {
    name,
    files: {
      "compose.yaml":
        network === "own"
          ? inOwnSubnet(compose(bind, composeFile))
          : compose(bind, hostComposeFile),
    },
  });
  const workspace = await createWorkspace(engine, { stacksDir: stack.root, config });
  const inner = join(stack.dir, "inner");
  await mkdir(inner);
  await stack.compose(["up", "-d"]);
  await stack.compose(["stop", "idle"]);
  const inspect = ["docker", "volume", "inspect", "--format", "{{.Mountpoint}}", `${name}_data`];
  const volume = (await run(inspect, { env })).stdout.trim();
  const places = { volume, bind, inner, project: stack.dir };
  const marks = { volume: 3, bind: 40, inner: 3, project: 1 };
  const kinds = ["volume", "bind", "inner", "project"] as const;
  await fill(volume, 2000, 24 * 2 ** 20);
  await fill(bind, 200, 2 * 2 ** 20);
  const dataRoot = volume.replace(/\/volumes\/[^/]+\/_data$/, "");

  async function safetyPlaces(): Promise<Record<string, string[]>> {
    const found: Record<string, string[]> = {};
    for (const parent of [dataRoot, stack.root, stack.dir, bind]) {
      const root = join(parent, ".stackhold-safety");
      const entries = await readdir(root).catch(() => []);
      const ours = entries.filter((e) => parent !== dataRoot || e.endsWith(`-${name}_data`));
      for (const entry of ours) {
        found[join(root, entry)] = (await readdir(join(root, entry))).sort();
      }
    }
    return found;
  }

  return {
    name,
    stack,
    workspace,
    look: async () => lasting(await standing(engine, { projects: [name] })),
    async write(version) {
      for (const kind of kinds) {
        await mkdir(places[kind], { recursive: true });
        await writeAt(places[kind], version, marks[kind]);
      }
    },
    async restored(withProject) {
      const found: Record<string, string> = {};
      for (const kind of kinds) found[kind] = await versionAt(places[kind]);
      const all = (kind: (typeof kinds)[number], wanted: string) => found[kind] === wanted;
      if (kinds.every((kind) => all(kind, "live/live"))) return "old";
      const project = withProject ? "point/point" : "live/live+point";
      const data = kinds.filter((kind) => kind !== "project");
      if (data.every((kind) => all(kind, "point/point")) && all("project", project)) return "new";
      return found;
    },
    safetyPlaces,
    async forgetSafetyCopies() {
      for (const place of Object.keys(await safetyPlaces())) await rm(place, { recursive: true });
    },
    async wipe() {
      await stack.down("-v");
      await rm(stack.dir, { recursive: true });
    },
    async [Symbol.asyncDispose]() {
      await stack[Symbol.asyncDispose]();
      await workspace[Symbol.asyncDispose]();
      await run(["umount", bind]);
      await rm(bind, { recursive: true });
    },
  };
}
