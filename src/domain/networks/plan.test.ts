import { describe, expect, it } from "vitest";
import { connection, endpoint, network } from "../../testing/networks.ts";
import { automaticSubnets } from "./automatic.ts";
import { addressesOutside, inOrderOfJoining } from "./connection.ts";
import type { NetworkDefinition } from "./definition.ts";
import { type NetworkPlanInput, planNetworks } from "./plan.ts";
import { type RecordedNetwork, recordedNetworks, wantedConnections } from "./recorded.ts";

const recorded = (definition: NetworkDefinition): RecordedNetwork => ({
  definition,
  endpoints: new Map(),
});

function plan(input: Partial<NetworkPlanInput>) {
  const all = { recorded: [], present: [], choice: "keep", isAutomatic: () => false } as const;
  const planned = planNetworks({ ...all, ...input });
  const names = (those: readonly { readonly definition: NetworkDefinition }[]) =>
    those.map(({ definition }) => definition.name);
  return {
    ...planned,
    make: names(planned.make),
    subnets: planned.make.map(({ definition }) => definition.ipam.pools.length),
    recreate: planned.recreate.map(({ present }) => present.name),
    keep: planned.keep.map(({ present }) => present.name),
  };
}

const there = (definition: NetworkDefinition, id = definition.name) => ({ ...definition, id });
const named = (name: string, subnet?: string) => network({ name }, subnet);

describe("of a point's networks", () => {
  it("those that are gone are made, those that are as they were left alone", () => {
    const all = [named("a", "10.1.0.0/24"), named("b", "10.2.0.0/24")];
    const planned = plan({
      recorded: all.map(recorded),
      present: [there(named("b", "10.2.0.0/24"))],
    });
    expect(planned).toMatchObject({ make: ["a"], recreate: [], keep: [], taken: [], moved: [] });
  });

  it("those that differ are kept or made anew, as somebody said", () => {
    const all = ["a", "b"].map((name) => recorded(network({ name, internal: true })));
    const one = [recorded(network({ name: "a", internal: true }))];
    const present = ["a", "b"].map((name) => there(named(name)));
    const names = (choice: NetworkPlanInput["choice"]) => {
      const { keep, recreate } = plan({ recorded: all, present, choice });
      return { keep, recreate };
    };
    expect(names("keep")).toEqual({ keep: ["a", "b"], recreate: [] });
    expect(names("recreate")).toEqual({ keep: [], recreate: ["a", "b"] });
    expect(names(["b"])).toEqual({ keep: ["a"], recreate: ["b"] });
    expect(plan({ recorded: one, present, choice: "recreate" }).taken).toMatchObject([{ by: "b" }]);
  });

  it.each(["bridge", "host", "none", "docker_gwbridge"])("%s is never touched", (name) => {
    const all = [recorded(network({ name, internal: true }))];
    for (const present of [[], [there(named(name))]]) {
      expect(plan({ recorded: all, present, choice: "recreate" })).toMatchObject({
        make: [],
        recreate: [],
        keep: [],
      });
    }
  });

  it("those of a swarm are never touched", () => {
    const all = [recorded(network({ scope: "swarm" })), recorded(network({ ingress: true }))];
    expect(plan({ recorded: all })).toMatchObject({ make: [] });
  });

  it("one whose subnet another has, or a part of it, is named with that", () => {
    const present = [there(named("x", "10.1.0.128/25"))];
    expect(plan({ recorded: [recorded(network())], present })).toMatchObject({
      taken: [{ network: "edge", subnet: "10.1.0.0/24", by: "x" }],
    });
  });

  it("a subnet is free where its network is made anew elsewhere, or has other address keeping", () => {
    const a = { now: named("a", "10.1.0.0/24"), before: named("a", "10.2.0.0/24") };
    const b = { now: named("b", "10.2.0.0/24"), before: named("b", "10.1.0.0/24") };
    const swapped = plan({
      recorded: [a.before, b.before].map(recorded),
      present: [a.now, b.now].map((one) => there(one)),
      choice: "recreate",
    });
    expect(swapped).toMatchObject({ recreate: ["a", "b"], taken: [] });
    const elsewhere = network({ name: "x", ipam: { ...network().ipam, driver: "own" } });
    expect(plan({ recorded: [recorded(network())], present: [there(elsewhere)] }).taken).toEqual(
      [],
    );
  });

  it("one of which nobody asked for a subnet gets another, after those that somebody asked for", () => {
    const all = [named("default", "10.1.0.0/24"), named("fixed", "10.1.0.0/16")].map(recorded);
    const isAutomatic = ({ name }: NetworkDefinition) => name === "default";
    expect(plan({ recorded: all, isAutomatic })).toMatchObject({
      make: ["fixed", "default"],
      subnets: [1, 0],
      moved: [{ network: "default", by: "fixed" }],
      taken: [],
    });
    const present = [there(named("default", "10.9.0.0/24")), there(named("x", "10.1.0.0/24"))];
    const anew = plan({ recorded: all.slice(0, 1), present, isAutomatic, choice: "recreate" });
    expect(anew).toMatchObject({ moved: [], taken: [{ network: "default", by: "x" }] });
  });

  it("one is named that lacks a value, or the network that its configuration is of", () => {
    const all = [
      recorded(network({ options: { key: "[secret]" } })),
      recorded(
        network({ name: "lan", configFrom: "template", ipam: { ...network().ipam, pools: [] } }),
      ),
    ];
    const orphan = { network: "lan", configFrom: "template" };
    expect(plan({ recorded: all })).toMatchObject({ masked: ["edge"], orphans: [orphan] });
    const template = there(network({ name: "template", configOnly: true }));
    expect(plan({ recorded: all, present: [template] })).toMatchObject({ orphans: [], taken: [] });
  });
});

it("subnets are automatic where the configuration has the network and asks for none", () => {
  const of = (key: string, project = "shop") =>
    network({
      labels: { "com.docker.compose.network": key, "com.docker.compose.project": project },
    });
  const resolved = `
networks:
  default: {name: shop_default, ipam: {}}
  fixed: {ipam: {config: [{subnet: 10.1.0.0/24}]}}
  range: {ipam: {config: [{gateway: 10.1.0.1}]}}
  edge: {external: true}
  bare: null
`;
  const isAutomatic = automaticSubnets(resolved, "shop");
  const keys = ["default", "fixed", "range", "edge", "bare", "unknown"];
  expect(keys.filter((key) => isAutomatic(of(key)))).toEqual(["default", "range", "bare"]);
  expect(isAutomatic(of("default", "other"))).toBe(false);
  expect(isAutomatic(network())).toBe(false);
  for (const text of [undefined, "networks: 5", ""]) {
    expect(automaticSubnets(text, "shop")(of("default"))).toBe(false);
  }
});

describe("containers of a network", () => {
  const joined = { container: "web-1", aliases: ["www"], ipv4Address: "10.1.0.9", links: null };
  const raw = { Name: "edge", Driver: "bridge", Id: "x", containers: [joined] };
  const [edge = recorded(network())] = recordedNetworks([raw]);

  it("return as the point has them where they are the unit's, else as they are", () => {
    const own = { aliases: ["now"] };
    const present = [
      connection("1", { name: "web-1", endpoint: endpoint(own) }),
      connection("2", { name: "other", address: "10.1.0.3", endpoint: endpoint(own) }),
    ];
    const wanted = wantedConnections(edge, present, [{ id: "1", name: "web-1" }], false);
    const asRecorded = endpoint({ aliases: ["www"], ipv4Address: "10.1.0.9" });
    expect(wanted).toEqual([
      { id: "1", name: "web-1", endpoint: asRecorded },
      { id: "2", name: "other", address: "10.1.0.3", endpoint: endpoint(own) },
    ]);
    const namesake = wantedConnections(edge, present.slice(0, 1), [], false);
    expect(namesake).toMatchObject([{ endpoint: own }]);
  });

  it("of the unit join it where it was gone, and are left out of one that was there", () => {
    const members = [
      { id: "1", name: "web-1" },
      { id: "3", name: "db-1" },
    ];
    expect(wantedConnections(edge, [], members, true)).toMatchObject([{ id: "1" }]);
    expect(wantedConnections(edge, [], members, false)).toEqual([]);
  });

  it("come in order: addresses of their own first, then those that they were given", () => {
    const fixed = endpoint({ ipv6Address: "fd00::5" });
    const all = [
      connection("none"),
      connection("later", { address: "10.1.0.10" }),
      connection("earlier", { address: "10.1.0.9" }),
      connection("fixed", { address: "10.1.0.200", endpoint: fixed }),
    ];
    const order = inOrderOfJoining(all).map(({ id }) => id);
    expect(order).toEqual(["fixed", "earlier", "later", "none"]);
  });

  it("are named where their address is in no subnet", () => {
    const at = (ipv4Address: string) => connection("web", { endpoint: endpoint({ ipv4Address }) });
    expect(addressesOutside(network(), [at("10.1.0.9"), connection("free")])).toEqual([]);
    const outside = [{ container: "web", address: "10.2.0.9" }];
    expect(addressesOutside(network(), [at("10.2.0.9")])).toEqual(outside);
    const own = network({ ipam: { driver: "dhcp", options: null, pools: [] } });
    expect(addressesOutside(own, [at("10.2.0.9")])).toEqual([]);
  });
});
