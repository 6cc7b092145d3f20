import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { aManifest } from "../../testing/manifest.ts";
import type { Manifest, RecordedMember } from "../manifest.ts";
import { mask } from "../secret.ts";
import type { BindPlace } from "./bind-place.ts";
import { copiedProject } from "./copied-project.ts";
import { projectText } from "./project-text.ts";
import { parseResolved } from "./resolved-project.ts";

function member(name: string, service: string): RecordedMember {
  return {
    name,
    service,
    number: 1,
    oneOff: false,
    image: { reference: `${service}-image`, id: "sha256:0" },
    running: true,
    restartPolicy: "no",
    dependsOn: [],
    mounts: [],
  };
}

const volume = (name: string, key?: string): Manifest["volumes"][number] => ({
  name,
  driver: "local",
  labels: key === undefined ? {} : { "com.docker.compose.volume": key },
  options: {},
  anonymous: false,
});

const stored = (source: string): Manifest["parts"][number] => ({
  kind: "volume",
  name: source,
  source,
  type: "directory",
  bytes: 1,
  files: 1,
  storedBytes: 1,
  deltaBytes: 0,
  archives: [],
});

interface Given {
  readonly services?: object;
  readonly volumes?: object;
  readonly networks?: object;
  readonly secrets?: object;
  readonly members?: readonly RecordedMember[];
  readonly recorded?: Manifest["volumes"];
  readonly parts?: Manifest["parts"];
  readonly bindPlace?: (source: string) => BindPlace;
}

function copy({ members = [], recorded = [], parts = [], bindPlace, ...project }: Given) {
  const ref = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
  const manifest = aManifest(ref, parts, { members: [...members], volumes: recorded });
  const copied = copiedProject(parseResolved(JSON.stringify({ name: "shop", ...project })), {
    name: "shop-b",
    manifest,
    bindPlace: bindPlace ?? (() => ({ kind: "kept" })),
    filePlace: (path) => path.replace("/opt/shop/", "/opt/shop-shop-b/"),
  });
  return copied;
}

const serviceOf = (given: Given, name = "app") => copy(given).project.services[name];

describe("a service of a copy", () => {
  it("has neither its container's name nor an address of its own", () => {
    const app = {
      image: "app",
      container_name: "shop",
      hostname: "shop",
      mac_address: "02:00:00:00:00:01",
      networks: {
        back: { ipv4_address: "172.31.0.9", ipv6_address: "fd00::9", aliases: ["a"] },
        edge: null,
      },
    };
    expect(serviceOf({ services: { app } })).toEqual({
      image: "app",
      hostname: "shop",
      networks: { back: { aliases: ["a"] }, edge: null },
    });
  });

  it("leaves its ports to the engine, each once, on the address that they were published on", () => {
    const port = (more: object) => ({ mode: "ingress", target: 80, protocol: "tcp", ...more });
    const ports = [
      port({ published: "8080" }),
      port({ published: "8081" }),
      port({ published: "8080", host_ip: "127.0.0.1" }),
      port({ published: "8080", protocol: "udp" }),
    ];
    expect(serviceOf({ services: { app: { image: "app", ports } } })?.ports).toEqual([
      port({}),
      port({ host_ip: "127.0.0.1" }),
      port({ protocol: "udp" }),
    ]);
  });

  it("has the image of the original instead of a build", () => {
    const app = { build: { context: "." }, pull_policy: "build" };
    const built = copy({ services: { app, later: app }, members: [member("shop-app-1", "app")] });
    expect(built.project.services).toEqual({ app: { image: "app-image" }, later: app });
    expect(built.notes).toEqual([expect.stringContaining("app is not built")]);
  });

  it("mounts its own copy of each bind, and what is not in the point for reading only", () => {
    const bind = (source: string) => ({ type: "bind", source, target: `/t${source}` });
    const sources = ["/kept", "/copied", "/empty", "/shared", "/gone"];
    const places: Record<string, BindPlace> = {
      "/kept": { kind: "kept" },
      "/copied": { kind: "copied", source: "/copied-b" },
      "/empty": { kind: "empty", source: "/empty-b" },
      "/shared": { kind: "shared" },
      "/gone": { kind: "gone" },
    };
    const tmpfs = { type: "tmpfs", target: "/tmp" };
    const copied = copy({
      services: { app: { volumes: [...sources.map(bind), tmpfs] } },
      bindPlace: (source) => places[source] ?? { kind: "kept" },
    });
    expect(copied.project.services.app?.volumes).toEqual([
      bind("/kept"),
      { ...bind("/copied"), source: "/copied-b" },
      { ...bind("/empty"), source: "/empty-b", bind: { create_host_path: true } },
      { ...bind("/shared"), read_only: true },
      tmpfs,
    ]);
    const named = (path: string) => expect.stringContaining(path);
    expect(copied.warnings).toEqual([named("/empty-b"), named("/shared"), named("/gone")]);
  });

  it("joins containers of the copy where it joined those of the original", () => {
    const app = {
      network_mode: "container:shop-vpn",
      pid: "container:elsewhere",
      volumes_from: ["container:shop-vpn:ro", "container:elsewhere", "vpn"],
    };
    const copied = copy({ services: { app }, members: [member("shop-vpn", "vpn")] });
    expect(copied.project.services.app).toEqual({
      network_mode: "service:vpn",
      pid: "container:elsewhere",
      volumes_from: ["vpn:ro", "container:elsewhere:ro", "vpn"],
    });
    expect(copied.warnings).toHaveLength(2);
  });

  it("that lives in the host's network, or is linked to others, is named", () => {
    const services = { app: { network_mode: "host" }, web: { external_links: ["other:db"] } };
    const { warnings } = copy({ services });
    expect(warnings).toEqual([expect.stringContaining("app"), expect.stringContaining("other")]);
  });
});

describe("a volume of a copy", () => {
  const one = (definition: object | null, more: Given = {}) => {
    const copied = copy({ volumes: { data: definition }, ...more });
    return { ...copied, volume: copied.project.volumes?.data };
  };

  it("is named by Compose, keeps labels and options, and is none of somebody else", () => {
    const options = {
      driver: "local",
      driver_opts: { type: "tmpfs", device: "tmpfs", o: "size=9m" },
    };
    const labels = { note: "kept" };
    expect(one({ name: "the-data", labels, ...options }).volume).toEqual({ labels, ...options });
    expect(one({ name: "shared", external: true }).volume).toEqual({});
    expect(one(null).volume).toEqual({});
  });

  it.each([
    [
      { driver: "local", driver_opts: { type: "none", o: "bind", device: "/srv/data" } },
      "/srv/data",
    ],
    [{ driver_opts: { type: "nfs", o: "addr=10.0.0.1,rw", device: ":/export" } }, ":/export"],
    [{ driver: "rclone", driver_opts: { path: "remote:shop" } }, "rclone"],
  ])("does not lead to where the original's data is: %j", (definition, where) => {
    const { volume: plain, notes } = one({ ...definition, labels: { a: "b" } });
    expect(plain).toEqual({ labels: { a: "b" } });
    expect(notes).toEqual([expect.stringContaining(where)]);
  });

  it("has the labels of an external one, but for Compose's and for what is masked", () => {
    const labels = { made: "by hand", key: mask, "com.docker.compose.project": "other" };
    const recorded = [{ ...volume("shared"), labels }];
    const external = { name: "shared", external: true };
    expect(one(external, { recorded }).volume).toEqual({ labels: { made: "by hand" } });
  });

  it("is named when the point does not have its data", () => {
    const external = { name: "shared", external: true };
    const both = [volume("shop_data", "data"), volume("shared")];
    const known = { recorded: both, parts: [stored("shared")] };
    expect(one(external, known).warnings).toEqual([]);
    expect(one({ name: "shop-b_data" }, known).warnings).toEqual([
      expect.stringContaining("data is not in the point"),
    ]);
    expect(one({ name: "new" }).warnings).toEqual([]);
    expect(one(external).warnings).toHaveLength(1);
  });
});

describe("a network of a copy", () => {
  const one = (definition: object) => {
    const copied = copy({ networks: { back: definition } });
    return { ...copied, network: copied.project.networks?.back };
  };

  it("has no name, no subnet and no interface of its own", () => {
    const given = {
      name: "backbone",
      driver: "bridge",
      internal: true,
      ipam: { driver: "default", config: [{ subnet: "172.31.0.0/24", gateway: "172.31.0.1" }] },
      driver_opts: { "com.docker.network.bridge.name": "br-shop", mtu: "1400" },
    };
    expect(one(given).network).toEqual({
      driver: "bridge",
      internal: true,
      ipam: { driver: "default" },
      driver_opts: { mtu: "1400" },
    });
  });

  it("has no IPv6 where the original's subnet was fixed, and says so", () => {
    const fixed = one({ enable_ipv6: true, ipam: { config: [{ subnet: "fd00:1::/64" }] } });
    expect(fixed.network).toEqual({});
    expect(fixed.warnings).toHaveLength(1);
    expect(one({ enable_ipv6: true, ipam: {} }).network).toEqual({ enable_ipv6: true });
  });

  it("stays as it is when it is external", () => {
    const external = { name: "edge", external: true, ipam: {} };
    expect(one(external).network).toEqual(external);
  });
});

it("finds files of secrets in the copy", () => {
  const { project } = copy({ secrets: { key: { name: "x", file: "/opt/shop/key" } } });
  expect(project.secrets).toEqual({ key: { name: "x", file: "/opt/shop-shop-b/key" } });
});

it("writes text in which Compose finds the same again, dollars and odd words included", () => {
  const printed = {
    name: "shop",
    "x-note": "on",
    services: {
      app: {
        command: ["sh", "-c", "echo $$HOME $$$$5"],
        environment: { A: "yes", B: "012", C: null, D: 'a "quoted" \\ line\nand more' },
        labels: { a$$b: "c", "1_000": "x" },
        scale: 2,
      },
    },
  };
  const { project } = copiedProject(parseResolved(JSON.stringify(printed)), {
    name: "shop-b",
    manifest: aManifest({ host: "h", unit: "shop", backupId: "2026-11-20T02-00-00Z" }, []),
    bindPlace: () => ({ kind: "kept" }),
    filePlace: (path) => path,
  });
  const text = projectText(project, ["A heading"]);
  expect(text).toMatch(/^# A heading\n/);
  const labels = { a$b: "c", "1_000": "x" };
  const app = { ...printed.services.app, labels };
  for (const version of ["1.1", "1.2"] as const) {
    expect(parse(text, { version })).toEqual({ ...printed, name: "shop-b", services: { app } });
  }
});
