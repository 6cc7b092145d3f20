import { describe, expect, it } from "vitest";
import { network, pool } from "../../testing/networks.ts";
import { networkDefinition } from "./definition.ts";
import { networkDifferences } from "./differences.ts";

const ipam = (...pools: ReturnType<typeof pool>[]) => ({
  ipam: { driver: "default", options: null, pools },
});

describe("a network that is there", () => {
  it("is as it was whatever Compose notes of itself", () => {
    const labelled = (version: string) =>
      network({ labels: { "com.docker.compose.version": version, a: "b" } });
    expect(networkDifferences(labelled("2.20"), labelled("2.40"))).toEqual([]);
  });

  it("is as it was with its pools in another order, written otherwise, the gateway unsaid", () => {
    const recorded = network(ipam(pool("10.1.0.0/24"), pool("fd00:1::/64")));
    const now = network(ipam(pool("FD00:0001::/64"), pool("10.1.0.0/24", { gateway: "10.1.0.1" })));
    expect(networkDifferences(recorded, now)).toEqual([]);
  });

  it("differs in each of its fields", () => {
    const recorded = network({ driver: "macvlan", internal: true, ipv6: true, configFrom: "t" });
    expect(networkDifferences(recorded, network({ attachable: true }))).toEqual([
      "driver bridge, in the point macvlan",
      "internal no, in the point yes",
      "attachable yes, in the point no",
      "IPv6 no, in the point yes",
      "configuration of none, in the point t",
    ]);
  });

  it("differs in its subnets, or in what is said of one", () => {
    const recorded = network(
      ipam(pool("10.1.0.0/24", { ipRange: "10.1.0.128/25", auxiliary: { a: "10.1.0.9" } })),
    );
    expect(networkDifferences(recorded, network(ipam(pool("10.2.0.0/24"))))).toEqual([
      "subnet 10.2.0.0/24, in the point 10.1.0.0/24",
    ]);
    expect(networkDifferences(network(), network(ipam()))).toEqual([
      "subnet none, in the point 10.1.0.0/24",
    ]);
    const now = network(ipam(pool("10.1.0.0/24", { gateway: "10.1.0.254" })));
    expect(networkDifferences(recorded, now)).toEqual([
      "address range none, in the point 10.1.0.128/25",
      "gateway 10.1.0.254, in the point the engine's",
      "reserved address none, in the point a=10.1.0.9",
    ]);
  });

  it("differs in a label by its name and value", () => {
    const told = networkDifferences(
      network({ labels: { made: "first" } }),
      network({ labels: { made: "again" } }),
    );
    expect(told).toEqual(["label made=again, in the point made=first"]);
  });

  it("shows no value that may be a secret", () => {
    const recorded = network({ options: { "vpn.key": "planted1", url: "https://u:planted2@h" } });
    const told = networkDifferences(recorded, network({ labels: { token: "planted3" } }));
    expect(told).toEqual([
      "option none, in the point url=https://[secret]@h",
      "option vpn.key",
      "label token",
    ]);
  });

  it("does not differ in what the point was stored without", () => {
    const recorded = network({ options: { "vpn.key": "[secret]" } });
    expect(networkDifferences(recorded, network({ options: { "vpn.key": "x" } }))).toEqual([]);
    expect(networkDifferences(recorded, network())).toEqual(["option vpn.key"]);
  });
});

it("a description of the engine's is read with what it leaves unsaid", () => {
  const raw = {
    Name: "edge",
    Driver: "bridge",
    IPAM: {
      Driver: "",
      Options: null,
      Config: [{ Subnet: "fd00::/64", Gateway: "fd00::1/64" }, { Gateway: "10.0.0.1" }],
    },
    ConfigFrom: { Network: "" },
    Labels: null,
  };
  expect(networkDefinition(raw)).toEqual(network(ipam(pool("fd00::/64", { gateway: "fd00::1" }))));
});
