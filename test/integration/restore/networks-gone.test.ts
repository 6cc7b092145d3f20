import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack, removeProject, type Stack } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";
import { engineMoment } from "../../support/engine-moment.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { described, joined, networkId } from "../../support/networks.ts";
import { ownSubnet } from "../../support/own-subnet.ts";
import { expectRefused } from "../../support/refused.ts";
import { composeFile, service } from "../../support/services.ts";
import { createWorkspace, type Workspace } from "../../support/workspace.ts";

const docker = (...args: string[]) => run(["docker", ...args], { env: bedEngine().env });

const id = `${process.pid}`;
const [edge, media] = [`edge-${id}`, `media-${id}`];
const [own, outer] = [ownSubnet(), ownSubnet()];
const six = `fd00:${(process.pid % 0xffff).toString(16)}`;

/** One of every kind of volume that somebody can ask for, but for a driver of its own. */
const volumes = (device: string) => ({
  data: { labels: { note: "kept" } },
  fast: { driver_opts: { type: "tmpfs", device: "tmpfs", o: "size=1m,uid=33" } },
  bound: { driver_opts: { type: "none", device, o: "bind" } },
  share: { driver_opts: { type: "nfs", device: ":/export", o: "addr=127.0.0.1,ro" } },
  windows: {
    driver_opts: { type: "cifs", device: "//127.0.0.1/x", o: "username=u,password=planted" },
  },
  media: { external: true, name: media },
});

const unmounted = (source: string) => ({
  ...{ type: "volume", source, target: `/${source}` },
  volume: { nocopy: true },
});

function compose(device: string): string {
  const app = service({
    volumes: ["data:/data", "fast:/fast", "bound:/bound", "media:/media"],
    networks: {
      full: { ipv4_address: `${own}.140`, ipv6_address: `${six}:1::5`, aliases: ["www"] },
      edge: { ipv4_address: `${outer}.9`, aliases: ["shop"] },
      plain: {},
    },
  });
  // Never started: nobody serves its shares.
  const idle = service({ volumes: [unmounted("share"), unmounted("windows")], networks: ["full"] });
  const networks = {
    full: {
      internal: true,
      attachable: true,
      enable_ipv6: true,
      ipam: {
        config: [
          {
            subnet: `${own}.0/24`,
            ip_range: `${own}.128/25`,
            gateway: `${own}.129`,
            aux_addresses: { printer: `${own}.130` },
          },
          { subnet: `${six}:1::/64` },
        ],
      },
      driver_opts: { "com.docker.network.driver.mtu": "1400" },
      labels: { purpose: "inside" },
    },
    plain: {},
    edge: { external: true, name: edge },
  };
  return `${composeFile({ app, idle }, volumes(device))}networks: ${JSON.stringify(networks)}\n`;
}

async function makeExternal(): Promise<void> {
  const pools = ["--subnet", `${outer}.0/24`, "--ipv6", "--subnet", `${six}:2::/64`];
  const more = ["--attachable", "--label", "made=by-hand", "--aux-address", `a=${outer}.7`];
  await docker("network", "create", ...pools, ...more, edge);
  await docker("volume", "create", "--label", "made=by-hand", media);
}

describeWithEngine("a restore in place after networks and volumes are gone", () => {
  let stack: Stack;
  let workspace: Workspace;
  let device: string;
  const allNetworks = () => [`${stack.name}_full`, `${stack.name}_plain`, edge];
  const allVolumes = () => [
    ...Object.keys(volumes("")).flatMap((key) => (key === "media" ? [] : `${stack.name}_${key}`)),
    media,
  ];

  async function look() {
    const engine = bedEngine();
    const networks = allNetworks();
    return {
      networks: await Promise.all(networks.map((name) => described(engine, "network", name))),
      volumes: await Promise.all(allVolumes().map((name) => described(engine, "volume", name))),
      app: await Promise.all(networks.map((name) => joined(engine, `${stack.name}-app-1`, name))),
    };
  }

  async function lose(): Promise<void> {
    await stack.down("-v");
    await docker("network", "rm", edge);
    await docker("volume", "rm", media);
  }

  beforeAll(async () => {
    device = await mkdtemp(join(tmpdir(), "stackhold-device-"));
    stack = await createStack(bedEngine(), { files: { "compose.yaml": compose(device) } });
    workspace = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await makeExternal();
    // What the engine gives others meanwhile are these, not the one that this stack has.
    const fillers = [1, 2, 3].map((n) => `filler-${id}-${n}`);
    for (const filler of fillers) await docker("network", "create", filler);
    await stack.compose(["create"]);
    await docker("network", "rm", ...fillers);
    await stack.compose(["start", "app"]);
    await stack.exec("app", [
      "sh",
      "-c",
      "for d in data bound media; do echo old > /$d/word; done",
    ]);
    const backup = await workspace.stackhold(["backup", stack.name, "--json"]);
    expect([0, 3], backup.stdout).toContain(backup.code);
  });
  afterAll(async () => {
    await removeProject(bedEngine(), stack.name);
    await docker("network", "rm", "-f", edge);
    await docker("volume", "rm", "-f", media);
    await stack[Symbol.asyncDispose]();
    await workspace[Symbol.asyncDispose]();
    await rm(device, { recursive: true });
  });

  it("brings all of them back as they were, with addresses and aliases", async () => {
    const before = await look();
    await lose();
    await rm(stack.dir, { recursive: true });
    await rm(device, { recursive: true });
    await mkdir(device);

    const preview = await workspace.stackhold(["restore", stack.name, "--dry-run", "--json"]);
    expectExit(preview, 3);
    const { actions, networks, volumes: made } = preview.json();
    expect(actions).toContain(`make the network ${edge} (bridge, ${outer}.0/24, ${six}:2::/64)`);
    expect(actions).toContain(`make the volume ${media} (local)`);
    const created = { action: "created", differences: [], moved: [] };
    const sorted = allNetworks().map((name) => ({ name, ...created }));
    expect(networks).toHaveLength(3);
    expect(networks).toEqual(expect.arrayContaining(sorted));
    expect(made.toSorted()).toEqual(allVolumes().toSorted());

    const restore = await workspace.stackhold(["restore", stack.name, "--yes", "--json"]);
    expectExit(restore, 3);
    expect(restore.json()).toMatchObject({ networks, volumes: made });
    // No other server than this test's stack ever had what they share.
    const lacking = ["share", "windows"].map((name) => `volume:${name} is not restored, since`);
    const { warnings } = restore.json();
    expect(warnings).toEqual(lacking.map((text) => expect.stringContaining(text)));
    expect(await look()).toEqual(before);
    const words = await stack.exec("app", ["cat", "/data/word", "/bound/word", "/media/word"]);
    expect(words.stdout).toBe("old\nold\nold\n");
    const again = await workspace.stackhold(["restore", stack.name, "--yes", "--json"]);
    expectExit(again, 3);
    expect(again.json()).not.toHaveProperty("networks");
  });

  it("joins stopped containers to a network that was removed from under them", async () => {
    const before = await look();
    await stack.compose(["stop", "-t", "1"]);
    await docker("network", "rm", `${stack.name}_full`, edge);
    expectExit(await workspace.stackhold(["restore", stack.name, "--yes", "--json"]), 3);
    expect(await look()).toEqual(before);
  });

  it("makes what the containers of one part need, and nothing else", async () => {
    await lose();
    const part = ["restore", stack.name, "--part", `volume:${media}`, "--yes", "--json"];
    const restore = await workspace.stackhold(part);
    expectExit(restore, 0);
    const { networks, volumes: made, running } = restore.json();
    expect(running).toBe(false);
    const names = networks.map(({ name }: { name: string }) => name);
    expect(names.toSorted()).toEqual(allNetworks().toSorted());
    const used = ["data", "fast", "bound"].map((key) => `${stack.name}_${key}`);
    expect(made.toSorted()).toEqual([...used, media].toSorted());
  });

  it("names who has the subnet that somebody asked for, before anything is touched", async () => {
    await lose();
    const thief = `thief-${id}`;
    await docker("network", "create", "--subnet", `${outer}.128/25`, thief);
    try {
      for (const how of ["--dry-run", "--yes"]) {
        const refused = await workspace.stackhold(["restore", stack.name, how, "--json"]);
        expectRefused(refused, {
          exit: 1,
          code: "RESTORE_FAILED",
          says: `the subnet ${outer}.0/24 of the network ${edge} is taken by the network ${thief}`,
          hint: /nothing was touched: remove thief-.* --networks keep/,
        });
      }
      const left = await docker("network", "ls", "--format", "{{.Name}}");
      for (const name of allNetworks()) expect(left.stdout).not.toContain(name);
    } finally {
      await docker("network", "rm", thief);
    }
  });

  it("leaves a subnet that nobody asked for to the engine where another network has it", async () => {
    const point = await workspace.stackhold([
      "files",
      "get",
      stack.name,
      "networks",
      "networks.json",
    ]);
    const networks = JSON.parse(point.stdout) as {
      readonly Name: string;
      readonly IPAM: { readonly Config: readonly { readonly Subnet: string }[] };
    }[];
    const plain = networks.find(({ Name }) => Name === `${stack.name}_plain`);
    const subnet = plain?.IPAM.Config[0]?.Subnet ?? "";
    const thief = `thief-${id}`;
    await docker("network", "create", "--subnet", subnet, thief);
    try {
      const restore = await workspace.stackhold(["restore", stack.name, "--yes", "--json"]);
      expectExit(restore, 3);
      expect(restore.json().warnings).toContain(
        `the network ${stack.name}_plain gets another subnet than it had: ${subnet} is taken by the network ${thief}`,
      );
      expect(await joined(bedEngine(), `${stack.name}-app-1`, `${stack.name}_plain`)).toMatchObject(
        {
          address: expect.stringMatching(/^\d/),
        },
      );
    } finally {
      await docker("network", "rm", thief);
    }
  });

  it("makes the external network of a copy", async () => {
    const before = await described(bedEngine(), "network", edge);
    await lose();
    const name = `${stack.name}c`;
    const restore = ["restore", stack.name, "--to", `project:${name}`];
    await using come = engineMoment(bedEngine(), "create", edge, "network");
    const cancelled = workspace.start(restore);
    await come.seen;
    cancelled.process.kill("SIGTERM");
    expect((await cancelled.finished).code).toBe(130);
    expect(await networkId(bedEngine(), edge)).toBe("");

    const copy = await workspace.stackhold([...restore, "--json"]);
    try {
      const made = { name: edge, action: "created", differences: [], moved: [] };
      expect(copy.json().networks).toEqual([made]);
      expect([0, 3], copy.stdout).toContain(copy.code);
      expect(await described(bedEngine(), "network", edge)).toEqual(before);
      expect(await joined(bedEngine(), `${name}-app-1`, edge)).toMatchObject({
        aliases: expect.arrayContaining(["shop"]),
      });
    } finally {
      await removeProject(bedEngine(), name);
    }
  });
});
