import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { dockerEngine } from "../../../src/adapters/docker/engine.ts";
import { localStackFiles } from "../../../src/adapters/stack-files/stack-files.ts";
import { describeUnit } from "../../../src/domain/discovery/describe-unit.ts";
import { startOrder } from "../../../src/domain/order.ts";
import type { Unit } from "../../../src/domain/unit.ts";
import { type DiscoverInput, discoverUnits } from "../../../src/operations/discover-units.ts";
import { inspectAll } from "../../../src/operations/inspect-all.ts";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";

const image = "stackhold-test/busybox";
const service = `image: ${image}\n    command: [sleep, '1000']\n    init: true`;
const nowhere = "/nowhere/stacks";

const engine = () =>
  dockerEngine({ endpoint: { address: bedEngine().dockerHost, origin: "test" } });

async function discover(input: Partial<DiscoverInput> = {}) {
  using docker = engine();
  const all = { stacksDir: nowhere, extraStacks: [], ...input };
  return await discoverUnits(all, { engine: docker, stackFiles: localStackFiles() });
}

function named(units: readonly Unit[], name: string): Unit {
  const found = units.filter((unit) => unit.name === name);
  expect(found).toHaveLength(1);
  return found[0] as Unit;
}

const one = { "compose.yaml": `services:\n  app:\n    ${service}\n` };

describeWithEngine("discovery", () => {
  it("knows a stack with dependencies, replicas, volumes, a one-shot and a stopped member", async () => {
    const compose = `
services:
  db:
    ${service}
    stop_grace_period: 7s
    restart: unless-stopped
    healthcheck: {test: ["CMD", "true"], interval: 1s, start_period: 2s}
    volumes: [data:/data, /anonymous]
    tmpfs: [/scratch]
  web:
    ${service}
    deploy: {replicas: 2}
    depends_on: {db: {condition: service_healthy}}
    volumes: ["./site:/site:ro"]
  side:
    ${service}
    network_mode: service:web-front
    volumes_from: [db]
  web-front:
    ${service}
    depends_on: [web]
  init:
    image: ${image}
    command: ["true"]
  never:
    ${service}
    scale: 0
  tool:
    ${service}
    profiles: [tools]
volumes: {data: {}}
`;
    await using stack = await createStack(bedEngine(), { files: { "compose.yaml": compose } });
    await stack.compose(["up", "-d"]);
    await stack.compose(["stop", "-t", "0", "web-front"]);
    await stack.compose(["run", "-d", "--name", `${stack.name}-once`, "web", "sleep", "1000"]);
    const { units, warnings } = await discover();
    const unit = named(units, stack.name);
    expect(warnings.filter((text) => text.includes(stack.name))).toEqual([]);
    expect(unit).toMatchObject({
      kind: "stack",
      project: stack.name,
      workingDir: stack.dir,
      composeFiles: [join(stack.dir, "compose.yaml")],
      absentServices: [{ name: "never", image }],
    });
    expect(describeUnit(unit)).toBe(`${stack.name} (stack, 7 containers, 2 volumes)`);

    using docker = engine();
    const members = await inspectAll(
      unit.containers.map(({ id }) => id),
      docker,
    );
    const of = (name: string) => members.filter((member) => member.service === name);
    expect(of("db")[0]).toMatchObject({
      health: "healthy",
      stopTimeout: 7,
      restartPolicy: { name: "unless-stopped" },
      healthcheck: { intervalMs: 1000, startPeriodMs: 2000, retries: 3 },
      mounts: [
        { type: "volume", destination: "/anonymous" },
        { type: "volume", destination: "/data", volume: `${stack.name}_data` },
        { type: "tmpfs", destination: "/scratch", source: "" },
      ],
    });
    expect(of("web").map(({ number, oneOff }) => [number, oneOff])).toEqual(
      expect.arrayContaining([
        [1, false],
        [2, false],
        [1, true],
      ]),
    );
    expect(of("web")[0]?.dependsOn).toEqual([{ service: "db", condition: "service_healthy" }]);
    expect(of("web")[0]?.mounts[0]).toMatchObject({ type: "bind", readOnly: true });
    expect(of("init")[0]).toMatchObject({ state: "exited", exitCode: 0 });
    expect(of("web-front")[0]).toMatchObject({ state: "exited" });
    const summary = unit.containers.find(({ name }) => name.includes("side"));
    expect(summary?.networkOf).toBe(of("web-front")[0]?.id);
    const order = startOrder(members.filter(({ oneOff }) => !oneOff)).map((m) => m.service);
    expect(order).toEqual(["db", "init", "web", "web", "web-front", "side"]);
  });

  it("tells a standalone container from a stack of the same name", async () => {
    await using stack = await createStack(bedEngine(), { files: one });
    await stack.up();
    const { env } = bedEngine();
    const lone = `${stack.name}-lone`;
    const sleeper = [image, "sleep", "1000"];
    await run(["docker", "run", "-d", "--name", stack.name, "-v", "/kept", ...sleeper], { env });
    await run(["docker", "create", "--name", lone, ...sleeper], { env });
    try {
      const { units } = await discover();
      expect(named(units, stack.name).kind).toBe("stack");
      const clash = named(units, `container:${stack.name}`);
      expect(clash).toMatchObject({ kind: "standalone", project: stack.name });
      expect(describeUnit(clash)).toMatch(/\(standalone, 1 container, 1 volume\)$/);
      expect(named(units, lone)).toMatchObject({ containers: [{ state: "created" }] });
    } finally {
      await run(["docker", "rm", "-fv", stack.name, lone], { env });
    }
  });

  it("finds a stack by its directory alone, by an extra directory, and never in hidden ones", async () => {
    await using stack = await createStack(bedEngine(), {
      files: {
        ...one,
        "../.stackhold-safety/compose.yaml": one["compose.yaml"],
        "../not-a-stack/notes.txt": "",
      },
    });
    const stacksDir = stack.root;
    const { units, warnings } = await discover({ stacksDir });
    expect(warnings).toEqual([]);
    expect(named(units, stack.name)).toMatchObject({
      workingDir: stack.dir,
      containers: [],
      absentServices: [{ name: "app", image }],
    });
    expect(units.filter(({ workingDir }) => workingDir?.startsWith(stacksDir))).toHaveLength(1);
    const extra = await discover({ extraStacks: [stack.dir, `${stack.root}/not-a-stack`] });
    expect(named(extra.units, stack.name).workingDir).toBe(stack.dir);
    expect(extra.warnings).toEqual([expect.stringMatching(/not-a-stack.*no compose file/)]);
  });

  it("takes a stack found by label and by directory for one, also through symbolic links", async () => {
    await using stack = await createStack(bedEngine(), { files: one });
    await stack.up();
    const other = join(stack.root, "other");
    await mkdir(other);
    await symlink(stack.dir, join(other, "linked-under-another-name"));
    const { units, warnings } = await discover({ stacksDir: other, extraStacks: [stack.dir] });
    expect(warnings).toEqual([]);
    expect(named(units, stack.name).containers).toHaveLength(1);
    expect(units.map(({ name }) => name)).not.toContain("linked-under-another-name");
  });

  it("keeps a stack whose directory is gone, and takes the one it was moved to", async () => {
    await using stack = await createStack(bedEngine(), { files: one });
    await stack.up();
    await rm(stack.dir, { recursive: true });
    const gone = named((await discover()).units, stack.name);
    expect(gone).toMatchObject({ workingDir: stack.dir, containers: [{ state: "running" }] });
    expect(gone.absentServices).toEqual([]);
    const moved = join(stack.root, "moved", stack.name);
    await mkdir(moved, { recursive: true });
    await writeFile(join(moved, "compose.yaml"), one["compose.yaml"]);
    const { units } = await discover({ stacksDir: join(stack.root, "moved") });
    expect(named(units, stack.name)).toMatchObject({
      workingDir: moved,
      containers: [{ state: "running" }],
      absentServices: [],
    });
  });

  it("lists a stack whose file is no YAML by its directory's name, with a warning", async () => {
    await using stack = await createStack(bedEngine(), {
      files: { "compose.yaml": "services: [unclosed", "../fine/compose.yaml": one["compose.yaml"] },
    });
    const { units, warnings } = await discover({ stacksDir: stack.root });
    expect(named(units, stack.name)).toMatchObject({ workingDir: stack.dir, absentServices: [] });
    expect(named(units, "fine").absentServices).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining(`${stack.dir}/compose.yaml`)]);
  });
});
