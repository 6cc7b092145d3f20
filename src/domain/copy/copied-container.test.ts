import { expect, it } from "vitest";
import type { RecordedVolume, StoredPart } from "../manifest.ts";
import type { Fields } from "../standalone/creation.ts";
import type { BindPlace } from "./bind-place.ts";
import { copiedContainer } from "./copied-container.ts";

const places: Readonly<Record<string, BindPlace>> = {
  "/srv/stored": { kind: "copied", source: "/srv/stored-b" },
  "/srv/other": { kind: "shared" },
  "/srv/gone": { kind: "gone" },
  "/etc/localtime": { kind: "kept" },
};

const volume = (name: string, options: Record<string, string> = {}): RecordedVolume => ({
  name,
  driver: "local",
  labels: { of: name, "com.docker.compose.project": "shop" },
  options,
  anonymous: false,
});

const stored = (source: string): StoredPart => ({
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

function copy(hostConfig: Fields, networks: Record<string, Fields> = {}) {
  const told: string[] = [];
  const tell = (text: string) => void told.push(text);
  const original = {
    name: "a",
    config: { MacAddress: "02::1", Volumes: { "/own": {} } },
    hostConfig,
    networks,
  };
  const made = copiedContainer(original, {
    name: "b",
    volumes: [volume("data"), volume("nas", { type: "nfs", device: ":/x", o: "addr=192.0.2.1" })],
    parts: [stored("data")],
    bindPlace: (source) => places[source] ?? { kind: "kept" },
    nameOf: (reference) => (reference === "0123abcd" ? "lender" : reference),
    remarks: { note: tell, warn: tell },
  });
  return { ...made, told };
}

it("has volumes of its own, and writes nothing of the original's", () => {
  const { creation, volumes, binds, told, anonymous } = copy({
    Binds: [
      "data:/d:rw,z",
      "nas:/n",
      "/srv/stored:/s",
      "/srv/other:/o:rw",
      "/srv/gone:/g",
      "/etc/localtime:/t:ro",
    ],
    Mounts: [
      {
        Type: "volume",
        Source: "data",
        Target: "/m",
        VolumeOptions: { NoCopy: true, DriverConfig: { Name: "x" } },
      },
      { Type: "bind", Source: "/srv/other", Target: "/b" },
      { Type: "volume", Target: "/nameless" },
    ],
  });
  expect(creation.config).toEqual({ Volumes: { "/own": {} } });
  expect(creation.hostConfig.Binds).toEqual([
    "b_data:/d:rw,z",
    "b_nas:/n",
    "/srv/stored-b:/s",
    "/srv/other:/o:ro",
    "/etc/localtime:/t:ro",
  ]);
  expect(creation.hostConfig.Mounts).toEqual([
    { Type: "volume", Source: "b_data", Target: "/m", VolumeOptions: { NoCopy: true } },
    { Type: "bind", Source: "/srv/other", Target: "/b", ReadOnly: true },
    { Type: "volume", Target: "/nameless" },
  ]);
  const plain = { driver: "local", options: {}, anonymous: false };
  expect([...volumes.values()]).toEqual([
    { name: "b_data", labels: { of: "data" }, ...plain },
    { name: "b_nas", labels: { of: "nas" }, ...plain },
  ]);
  expect([...binds]).toEqual(["/srv/stored"]);
  expect([...anonymous]).toEqual(["/own", "/nameless"]);
  expect(told).toEqual([
    "the volume nas is not in the point and is empty",
    "the volume nas is a plain one: :/x is left to the original",
    expect.stringContaining("/srv/other is not in the point"),
    "/srv/gone is neither in the point nor here: /g is not mounted",
    expect.stringContaining("/srv/other is not in the point"),
  ]);
});

it("leaves ports and addresses to the engine, and names whom it meets", () => {
  const bindings = {
    "80/tcp": [
      { HostIp: "127.0.0.1", HostPort: "80" },
      { HostIp: "127.0.0.1", HostPort: "81" },
    ],
  };
  const { creation, told } = copy(
    {
      NetworkMode: "front",
      PidMode: "container:0123abcd",
      VolumesFrom: ["lender:rw"],
      PortBindings: bindings,
    },
    { front: { IPAMConfig: { IPv4Address: "10.0.0.9" }, Aliases: ["shop"] } },
  );
  expect(creation.hostConfig.PortBindings).toEqual({
    "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }],
  });
  expect(creation.hostConfig.VolumesFrom).toEqual(["lender:ro"]);
  expect(creation.networks).toEqual({ front: { IPAMConfig: null, Aliases: ["shop"] } });
  expect(told).toHaveLength(4);
  expect(told).toContain("b joins the container lender, as the original does");
});
