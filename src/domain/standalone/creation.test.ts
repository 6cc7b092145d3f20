import { describe, expect, it } from "vitest";
import type { Json } from "../recipe/redact.ts";
import { creationOf, namedVolumes, withoutRestart } from "./creation.ts";

const id = "0123456789abcdef".repeat(4);
const shortId = id.slice(0, 12);

type Change = { readonly [key: string]: Json };

function inspection(config: Change, hostConfig: Change = {}, more: Change = {}): Json {
  return {
    Id: id,
    Name: "/web",
    Image: "sha256:aa",
    Config: { Image: "redis:7", Hostname: shortId, Cmd: ["run"], Entrypoint: ["/go"], ...config },
    HostConfig: { NetworkMode: "front", ...hostConfig },
    ...more,
  };
}

const made = (...args: Parameters<typeof inspection>) =>
  creationOf(inspection(...args), { hostName: "machine" });

describe("what a container is made of", () => {
  it("is what its inspection says, also what nobody here knows", () => {
    const limits = { Memory: 5, Novel: { deep: [1] }, ReadonlyRootfs: true };
    const { name, config, hostConfig } = made({ Env: ["A=1"], Novel: 2 }, limits);
    expect(name).toBe("web");
    expect(config).toMatchObject({ Image: "redis:7", Env: ["A=1"], Novel: 2, Entrypoint: ["/go"] });
    expect(hostConfig).toEqual({ NetworkMode: "front", ...limits });
  });

  it.each([
    ["its own id", {}, {}, undefined],
    ["a name", { Hostname: "shop" }, {}, "shop"],
    [
      "the host's name in the host's network",
      { Hostname: "machine" },
      { NetworkMode: "host" },
      undefined,
    ],
    ["a name in the host's network", { Hostname: "shop" }, { NetworkMode: "host" }, "shop"],
    ["in the host's namespace of names", { Hostname: "x" }, { UTSMode: "host" }, undefined],
    ["another container's", { Hostname: "shop" }, { NetworkMode: "container:ab" }, undefined],
  ])("has a host name only where somebody gave one: %s", (_, config, hostConfig, expected) => {
    expect(made(config, hostConfig).config.Hostname).toBe(expected);
  });

  it("does not say what belongs to the container whose network it lives in", () => {
    const config = { Domainname: "x", ExposedPorts: { "80/tcp": {} }, MacAddress: "02:42::1" };
    const taken = made(config, { NetworkMode: "container:ab" }).config;
    for (const field of Object.keys(config)) expect(taken).not.toHaveProperty(field);
    expect(made(config).config).toMatchObject(config);
  });

  it("keeps an image's entrypoint away that was taken away", () => {
    expect(made({ Entrypoint: null }).config.Entrypoint).toEqual([""]);
    expect(made({ Entrypoint: null, Cmd: null }).config.Entrypoint).toBeNull();
  });

  it("is joined to networks as somebody asked for, by their names", () => {
    const endpoint = {
      NetworkID: "ff00",
      IPAMConfig: { IPv4Address: "10.1.0.9" },
      Links: null,
      DriverOpts: { a: "b" },
      IPAddress: "10.1.0.9",
    };
    const networks = {
      front: { ...endpoint, Aliases: ["www", shortId, "shop"] },
      back: { Aliases: [shortId] },
      side: { Aliases: ["shop"], GwPriority: 3 },
    };
    const more = { NetworkSettings: { Networks: networks } };
    const creation = made({ Hostname: "shop" }, { NetworkMode: "ff00" }, more);
    expect(creation.hostConfig.NetworkMode).toBe("front");
    const { IPAMConfig, Links, DriverOpts } = endpoint;
    expect(creation.networks).toEqual({
      front: { IPAMConfig, Links, DriverOpts, Aliases: ["www"] },
      back: { Aliases: null },
      side: { Aliases: ["shop"], GwPriority: 3 },
    });
  });

  it("has no network only where it was in none", () => {
    const more = { NetworkSettings: { Networks: { bridge: {} } } };
    expect(made({ NetworkDisabled: true }).config.NetworkDisabled).toBe(true);
    expect(made({ NetworkDisabled: true }, {}, more).config).not.toHaveProperty("NetworkDisabled");
  });

  it("tells the platform where the engine chose one of an image's", () => {
    const platform = { architecture: "arm64", os: "linux", variant: "v8" };
    const more = { ImageManifestDescriptor: { platform } };
    expect(made({}, {}, more).platform).toBe("linux/arm64/v8");
    expect(made({}).platform).toBeUndefined();
  });
});

it("can be made without what starts it, which comes afterwards", () => {
  const RestartPolicy = { Name: "on-failure", MaximumRetryCount: 3 };
  const held = withoutRestart(made({}, { RestartPolicy }));
  expect(held.restartPolicy).toEqual({ name: "on-failure", maximumRetryCount: 3 });
  expect(held.creation.hostConfig.RestartPolicy).toEqual({ Name: "no", MaximumRetryCount: 0 });
  const calm = made({}, { RestartPolicy: { Name: "no", MaximumRetryCount: 0 } });
  expect(withoutRestart(calm)).toEqual({ creation: calm });
});

it("names the volumes that are not anonymous", () => {
  const Binds = ["data:/data:ro", "/srv:/srv", "0a0b:/once"];
  const Mounts = [
    { Type: "volume", Source: "more", Target: "/more" },
    { Type: "volume", Source: "", Target: "/anonymous" },
    { Type: "bind", Source: "/x", Target: "/x" },
  ];
  const creation = made({ Volumes: { "/image": {} } }, { Binds, Mounts });
  expect([...namedVolumes(creation)]).toEqual(["data", "0a0b", "more"]);
});
