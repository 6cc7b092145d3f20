import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineAccess } from "../bed/access.ts";
import { createStack, type Stack } from "../bed/compose.ts";
import { run } from "../bed/run.ts";
import { describeTree, type TreeDescription } from "../fixtures/odd-tree/describe-tree.ts";
import { inOwnSubnet } from "./own-subnet.ts";
import { composeFile, healthcheck, service } from "./services.ts";
import { standing } from "./standing.ts";

/** A stack with one of everything that a restore must bring back. */
export interface FullStack extends AsyncDisposable {
  readonly stack: Stack;
  /** A directory apart from the project; its children are bound. */
  readonly outside: string;
  /** Host path of what a container has mounted. */
  place(container: string, destination: string): Promise<string>;
  /** Every tree with all of its entries and attributes; `outside` itself is not part of the stack. */
  trees(): Promise<Record<string, TreeDescription>>;
  /** Name, `running` or `down`, and restart policy of each container. */
  states(): Promise<string[]>;
}

/** `app` twice, with all kinds of data; `idle` is stopped though its policy is `always`; `once` has run. */
export async function createFullStack(engine: EngineAccess): Promise<FullStack> {
  const outside = await mkdtemp(join(tmpdir(), "stackhold-outside-"));
  const stack = await createStack(engine, { files: files(outside) });
  await begin(stack, outside);
  const place = async (container: string, destination: string) => {
    const format = `{{range .Mounts}}{{if eq .Destination "${destination}"}}{{.Source}}{{end}}{{end}}`;
    const inspect = ["docker", "inspect", "--format", format, `${stack.name}-${container}`];
    return (await run(inspect, { env: engine.env })).stdout.trim();
  };
  for (const replica of ["app-1", "app-2"]) {
    const own = join(await place(replica, "/anonymous"), "own");
    await writeFile(own, `of ${replica}\n`, { mode: 0o600 });
  }
  return {
    stack,
    outside,
    place,
    trees: async () => ({
      project: describe(stack.dir),
      outside: without(".", describe(outside)),
      data: describeTree(await place("app-1", "/data")),
      "first anonymous": describeTree(await place("app-1", "/anonymous")),
      "second anonymous": describeTree(await place("app-2", "/anonymous")),
    }),
    states: async () => {
      const all = Object.entries(await standing(engine, { projects: [stack.name] }));
      return all.map(([name, { state, policy }]) => {
        const awake = state === "running" ? "running" : "down";
        return `${name.slice(stack.name.length + 1)} ${awake} ${policy}`;
      });
    },
    [Symbol.asyncDispose]: async () => {
      await stack[Symbol.asyncDispose]();
      await rm(outside, { recursive: true, force: true });
    },
  };
}

/** Without safety copies. */
function describe(root: string): TreeDescription {
  const entries = Object.entries(describeTree(root));
  return Object.fromEntries(entries.filter(([name]) => !name.includes("/.stackhold-safety")));
}

export function without(name: string, tree: TreeDescription): TreeDescription {
  return Object.fromEntries(Object.entries(tree).filter(([entry]) => entry !== name));
}

function files(outside: string): Record<string, string> {
  const mounts = [
    ...["data:/data", "/anonymous", "./site:/site:ro", "./app.conf:/etc/app.conf:ro"],
    ...[`${outside}/tree:/outside`, `${outside}/single:/etc/single`],
  ];
  const compose = composeFile(
    {
      app: service({
        restart: "unless-stopped",
        deploy: { replicas: 2 },
        environment: ["GREETING"],
        volumes: mounts,
        healthcheck: { ...healthcheck, test: ["CMD", "test", "-s", "/data/file"] },
        depends_on: { once: { condition: "service_completed_successfully" } },
      }),
      idle: service({ restart: "always" }),
      once: service({
        init: false,
        command: ["sh", "-c", "echo ran >> /data/log; echo first > /data/file"],
        volumes: ["data:/data"],
      }),
    },
    { data: {} },
  );
  return {
    "compose.yaml": inOwnSubnet(compose),
    ".env": "GREETING=as in the file\n",
    "app.conf": "setting = 1\n",
    "site/index.html": "<h1>first</h1>\n",
    "site/deep/page.html": "deep\n",
    "notes/readme": "nobody mounts this\n",
  };
}

async function begin(stack: Stack, outside: string): Promise<void> {
  const tree = join(outside, "tree");
  await writeFile(join(outside, "single"), "single, first\n");
  const script = `
    mkdir -p '${tree}/sub dir'; echo one > '${tree}/one'; ln '${tree}/one' '${tree}/sub dir/linked'
    ln -s nowhere '${tree}/link'; mkfifo '${tree}/pipe'; truncate -s 3M '${tree}/sparse'
    chown 1234:4321 '${tree}/one' '${stack.dir}/app.conf'; chmod 4750 '${tree}/one'
    chmod 0640 '${stack.dir}/.env'; chown 33:33 '${tree}/sub dir'; chmod 2775 '${tree}'
    setfattr -n user.note -v kept '${tree}/one'; setfacl -m u:33:rwx '${tree}/sub dir'
    touch -d '2001-02-03 04:05:06.123456789 UTC' '${tree}' '${outside}/single' '${stack.dir}/app.conf'`;
  execFileSync("sh", ["-euc", script]);
  await stack.up();
  await stack.compose(["stop", "-t", "1", "idle"]);
}
