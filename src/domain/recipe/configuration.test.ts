import { describe, expect, it } from "vitest";
import {
  activeConfiguration,
  borrowsVolumes,
  changedServices,
  hashedConfiguration,
} from "./configuration.ts";

const member = (service: string, hash?: string, number = 1) => ({
  id: `id-${service}-${number}`,
  service,
  number,
  oneOff: false,
  labels: (hash === undefined ? {} : { "com.docker.compose.config-hash": hash }) as Record<
    string,
    string
  >,
});

it("leaves out the services of profiles that are not active", () => {
  const services = {
    web: {},
    debug: { profiles: ["dev", "test"] },
    mail: { profiles: ["dev"] },
    load: { profiles: ["bench"] },
  };
  const shown = (...present: string[]) =>
    Object.keys(
      (activeConfiguration({ services, x: 1 }, new Set(present)) as { services: object }).services,
    );
  expect(shown("web")).toEqual(["web"]);
  expect(shown("web", "mail")).toEqual(["web", "debug", "mail"]);
  expect(activeConfiguration({ name: "n" }, new Set())).toEqual({ name: "n", services: {} });
});

it("names the container whose namespaces a service shares, as Compose hashes it", () => {
  const services = {
    vpn: {},
    app: { network_mode: "service:vpn", pid: "host", ipc: "service:none", image: "x" },
  };
  const members = [member("vpn", "h", 2), member("vpn", "h", 1)];
  expect(hashedConfiguration({ services }, members)).toEqual({
    services: { ...services, app: { ...services.app, network_mode: "container:id-vpn-1" } },
  });
});

it("tells which services have volumes of others", () => {
  const services = { a: { volumes_from: ["b"] }, b: { volumes_from: [] }, c: {} };
  expect([...borrowsVolumes({ services })]).toEqual(["a"]);
});

describe("containers and their files", () => {
  const hashes = new Map([
    ["web", "new"],
    ["db", "same"],
  ]);

  it("differ where a hash does, once for each service", () => {
    const members = [member("web", "old"), member("web", "new", 2), member("db", "same")];
    expect(changedServices(members, hashes, ["STAGE"])).toEqual([
      {
        what: "service:web",
        why: "the running containers differ from the compose file; nothing sets STAGE",
      },
    ]);
  });

  it("differ where the file has no such service; one without a hash is not judged", () => {
    const gone = { what: "service:gone", why: "the compose file has no such service" };
    expect(changedServices([member("gone", "x"), member("web")], hashes, [])).toEqual([gone]);
    expect(changedServices([{ ...member("web", "old"), oneOff: true }], hashes, [])).toEqual([]);
  });
});
