import { expect, it } from "vitest";
import { publishedPorts } from "./published-ports.ts";

it("tells each published port with the address that it is published on", () => {
  const Ports = {
    "80/tcp": [
      { HostIp: "0.0.0.0", HostPort: "32768" },
      { HostIp: "::", HostPort: "32769" },
    ],
    "53/udp": [{ HostIp: "127.0.0.1", HostPort: "32770" }],
    "443/tcp": null,
  };
  expect(publishedPorts("web", { NetworkSettings: { Ports } })).toEqual([
    { container: "web", port: "80/tcp", published: "0.0.0.0:32768" },
    { container: "web", port: "80/tcp", published: "[::]:32769" },
    { container: "web", port: "53/udp", published: "127.0.0.1:32770" },
  ]);
});
