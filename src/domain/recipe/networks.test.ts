import { describe, expect, it } from "vitest";
import { imagesDocument, imagesOf, lostImages } from "./images.ts";
import { lastingInspection } from "./lasting-inspection.ts";
import { networkDocument, networkNames } from "./networks.ts";

const id = "0123456789abcdef";
const raw = {
  Id: id,
  State: { Pid: 4 },
  RestartCount: 2,
  Mounts: [{ Destination: "/b" }, { Destination: "/a" }],
  NetworkSettings: {
    SandboxID: "x",
    Ports: { "80/tcp": [{ HostPort: "49153" }] },
    Networks: {
      shop_front: {
        IPAMConfig: { IPv4Address: "10.9.0.5" },
        Aliases: ["web", "www", "0123456789ab"],
        NetworkID: "n",
        EndpointID: "e",
        IPAddress: "10.9.0.5",
      },
    },
  },
};

describe("an inspection", () => {
  it("keeps nothing that another start changes, and mounts in their order", () => {
    expect(lastingInspection(raw)).toEqual({
      Id: id,
      Mounts: [{ Destination: "/a" }, { Destination: "/b" }],
      NetworkSettings: {
        Networks: {
          shop_front: {
            IPAMConfig: { IPv4Address: "10.9.0.5" },
            Aliases: ["web", "www", "0123456789ab"],
            NetworkID: "n",
          },
        },
      },
    });
  });

  it("of another form is taken as it is", () => {
    expect(lastingInspection("text")).toEqual({ Mounts: [], NetworkSettings: { Networks: {} } });
  });
});

it("a network is told in full, with the wishes of the containers in it", () => {
  const inspected = [{ id, name: "shop-web-1", service: "web", raw }];
  expect(networkNames(inspected)).toEqual(["shop_front"]);
  const network = { Name: "shop_front", Options: { mtu: "9000" }, Containers: { x: {} } };
  expect(networkDocument(network, inspected)).toEqual({
    Name: "shop_front",
    Options: { mtu: "9000" },
    containers: [
      {
        container: "shop-web-1",
        service: "web",
        aliases: ["web", "www"],
        ipv4Address: "10.9.0.5",
        ipv6Address: null,
        linkLocalIps: [],
        links: [],
        driverOptions: {},
      },
    ],
  });
});

it("an image without a digest is lost with its engine", () => {
  const members = [
    { name: "b", image: "own:1", imageId: "i1" },
    { name: "a", image: "redis", imageId: "i2" },
    { name: "c", image: "own:1", imageId: "i1" },
  ];
  const known = new Map([
    ["i2", { tags: ["redis:latest"], digests: ["redis@sha256:d"], bytes: 7 }],
  ]);
  const images = imagesOf(members);
  expect(lostImages(images, known)).toEqual([
    { what: "image:own:1", why: "no registry knows it, and it is not kept with the point" },
  ]);
  expect(imagesDocument(images, known)).toEqual([
    { reference: "own:1", id: "i1", digests: [], tags: [], containers: ["b", "c"] },
    {
      reference: "redis",
      id: "i2",
      digests: ["redis@sha256:d"],
      tags: ["redis:latest"],
      containers: ["a"],
    },
  ]);
});
