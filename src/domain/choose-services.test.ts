import { expect, it } from "vitest";
import { aManifest } from "../testing/manifest.ts";
import { partsOfService } from "./choose-services.ts";
import type { Manifest } from "./manifest.ts";
import { formatPart, parsePart } from "./part.ts";

type Member = Manifest["members"][number];

function member(service: string, ...mounts: Member["mounts"]): Member {
  const image = { reference: "shop:1", id: "sha256:1" };
  const facts = { number: 1, oneOff: false, running: true, restartPolicy: "no", dependsOn: [] };
  return { name: `shop-${service}-1`, service, image, ...facts, mounts };
}

function mounted(text: string): Member["mounts"][number] {
  const { kind, name = "" } = parsePart(text);
  const on = { source: name, destination: "/x", readOnly: false };
  return kind === "volume"
    ? { type: "volume", volume: `shop_${name}`, ...on }
    : { type: "bind", ...on };
}

function stored(text: string): Manifest["parts"][number] {
  const { kind, name = "" } = parsePart(text);
  const source = kind === "volume" ? `shop_${name}` : name;
  const sizes = { bytes: 1, files: 1, storedBytes: 1, deltaBytes: 0 };
  return { kind, name, source, type: "directory", ...sizes, archives: [] };
}

const manifest = aManifest(
  { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" },
  [stored("volume:data"), stored("bind:/srv/media")],
  {
    members: [
      member("db", mounted("volume:data")),
      member("web", mounted("bind:/srv/media"), mounted("volume:cache")),
      member("mail"),
    ],
  },
);

const named = (service: string) =>
  partsOfService(service, manifest).map(({ kind, name = "" }) => formatPart({ kind, name }));

it("are what the point has of the mounts of its containers", () => {
  expect(named("db")).toEqual(["volume:shop_data"]);
  expect(named("web")).toEqual(["bind:/srv/media"]);
});

it("are refused for a service that is not there, with the one that was meant", () => {
  expect(() => named("mial")).toThrow('has no service mial: did you mean "mail"?');
});

it("are refused for a service of which nothing is stored", () => {
  expect(() => named("mail")).toThrow("has no data of the service mail");
});
