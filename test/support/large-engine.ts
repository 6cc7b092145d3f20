import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const perStack = 5;

/** A host of stacks on disk and an engine that answers for their containers on a socket. */
export interface LargeEngine extends AsyncDisposable {
  /** `stacks_dir`. */
  readonly root: string;
  readonly dockerHost: string;
  /** What was asked, in order. */
  readonly calls: readonly string[];
}

/** `idle` of the stacks are known by their directories alone; each has a service without container. */
export async function startLargeEngine(stacks: number, idle: number): Promise<LargeEngine> {
  const root = await mkdtemp(join(tmpdir(), "stackhold-scale-"));
  const text = composeText(perStack + 1);
  for (let stack = 0; stack < stacks + idle; stack++) {
    const directory = join(root, nameOf(stack));
    await mkdir(directory);
    await writeFile(join(directory, "compose.yaml"), text);
  }
  const containers = Array.from({ length: stacks * perStack }, (_, index) =>
    containerJson(root, Math.floor(index / perStack), index % perStack),
  );
  const images = Array.from({ length: perStack }, (_, index) => imageJson(index));
  const answers = new Map([
    ["containers/json?all=1", JSON.stringify(containers)],
    ["images/json", JSON.stringify(images)],
  ]);
  const calls: string[] = [];
  const server = createServer((call, answer) => {
    const asked = call.url ?? "";
    calls.push(asked);
    if (asked === "/_ping") {
      answer.writeHead(200, { "api-version": "1.41" }).end("OK");
      return;
    }
    const body = answers.get(asked.replace(/^\/v1\.41\//, ""));
    const type = { "content-type": "application/json" };
    answer.writeHead(body === undefined ? 404 : 200, type).end(body ?? '{"message":"not here"}');
  });
  const socket = join(root, "engine.sock");
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    root,
    dockerHost: `unix://${socket}`,
    calls,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(root, { recursive: true, force: true });
    },
  };
}

const nameOf = (stack: number) => `stack${String(stack).padStart(3, "0")}`;

const imageName = (index: number) => `registry.example/team/image${index}`;

function composeText(services: number): string {
  const blocks = Array.from({ length: services }, (_, index) => [
    `  service${index}:`,
    `    image: ${imageName(index)}:1.${index}`,
    "    restart: unless-stopped",
    "    environment:",
    ...Array.from({ length: 10 }, (__, n) => `      SETTING_${n}: "value of number ${n}"`),
    "    ports: ['80:80']",
    "    volumes:",
    `      - data${index}:/data`,
    "      - ./config:/config:ro",
    "    healthcheck: {test: [CMD, 'true'], interval: 30s}",
  ]);
  return ["services:", ...blocks.flat(), ""].join("\n");
}

const imageId = (index: number) => `sha256:${String(index).padStart(64, "0")}`;

function imageJson(index: number): object {
  return {
    Id: imageId(index),
    RepoTags: [`${imageName(index)}:1.${index}`],
    RepoDigests: [`${imageName(index)}@sha256:${randomBytes(32).toString("hex")}`],
    Created: 1795226746,
    Size: 123456789,
    Labels: { "org.opencontainers.image.description": "what an image says of itself ".repeat(8) },
  };
}

/** As an engine answers, labels and mounts included. */
function containerJson(root: string, stack: number, index: number): object {
  const project = nameOf(stack);
  const label = (name: string) => `com.docker.compose.${name}`;
  return {
    Id: randomBytes(32).toString("hex"),
    Names: [`/${project}-service${index}-1`],
    Image: `${imageName(index)}:1.${index}`,
    ImageID: imageId(index),
    Command: "/entrypoint.sh serve",
    Created: 1795226746,
    Ports: [{ IP: "0.0.0.0", PrivatePort: 80, PublicPort: 10_000 + stack, Type: "tcp" }],
    Labels: {
      [label("config-hash")]: randomBytes(32).toString("hex"),
      [label("container-number")]: "1",
      [label("depends_on")]: index === 0 ? "" : "service0:service_healthy:false",
      [label("image")]: `sha256:${randomBytes(32).toString("hex")}`,
      [label("oneoff")]: "False",
      [label("project")]: project,
      [label("project.config_files")]: `${root}/${project}/compose.yaml`,
      [label("project.working_dir")]: `${root}/${project}`,
      [label("service")]: `service${index}`,
      [label("version")]: "2.26.1",
      "org.opencontainers.image.description": "what an image says of itself ".repeat(8),
    },
    State: "running",
    Status: "Up 3 days (healthy)",
    HostConfig: { NetworkMode: `${project}_default` },
    NetworkSettings: { Networks: { [`${project}_default`]: { IPAddress: "10.0.0.2" } } },
    Mounts: [
      {
        Type: "volume",
        Name: `${project}_data${index}`,
        Source: `/var/lib/docker/volumes/${project}_data${index}/_data`,
        Destination: "/data",
        Driver: "local",
        Mode: "z",
        RW: true,
        Propagation: "",
      },
      {
        Type: "bind",
        Source: `${root}/${project}/config`,
        Destination: "/config",
        Mode: "ro",
        RW: false,
        Propagation: "rprivate",
      },
    ],
  };
}
