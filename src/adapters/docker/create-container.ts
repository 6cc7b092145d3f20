import { z } from "zod";
import { type ContainerCreation, networkModeOf } from "../../domain/standalone/creation.ts";
import { engineNetworks, isUserNetwork } from "../../domain/standalone/endpoints.ts";
import { isErrorCode, messageOf, StackholdError } from "../../errors.ts";
import { compareVersions } from "./api-version.ts";
import type { Client } from "./client.ts";
import { containerPath } from "./containers.ts";

/** POST /containers/create */
const createdSchema = z.looseObject({ Id: z.string() });

/** GET /containers/{id}/json */
const joinedSchema = z.looseObject({
  NetworkSettings: z.looseObject({ Networks: z.record(z.string(), z.unknown()).nullish() }),
});

/** Since then an address is the network's that it is used in: docs.docker.com, API 1.44. */
const addressOfEndpoint = "1.44";

/** A new volume gets what the image has at its place. */
const createMs = 600_000;

/** Older engines take one network when a container is made: it is joined to the others afterwards. */
function bodyOf({ config, hostConfig, networks }: ContainerCreation, apiVersion: string) {
  const mode = networkModeOf(hostConfig);
  const own = networks[mode === "default" ? "bridge" : mode];
  const { MacAddress, ...rest } = config;
  const isMoved = Boolean(MacAddress) && compareVersions(apiVersion, addressOfEndpoint) >= 0;
  const settings = isMoved ? { ...own, MacAddress } : own;
  return {
    ...(isMoved ? rest : config),
    HostConfig: hostConfig,
    NetworkingConfig: { EndpointsConfig: settings === undefined ? {} : { [mode]: settings } },
  };
}

/** A network that is gone is no missing image, although the engine says 404 to both. */
function failure(thrown: unknown): unknown {
  if (!isErrorCode(thrown, "IMAGE_MISSING") || /no such image/i.test(messageOf(thrown))) {
    return thrown;
  }
  return new StackholdError("ENGINE_ERROR", messageOf(thrown), { cause: thrown });
}

async function joinedTo(id: string, what: string, client: Client): Promise<string[]> {
  const path = `${containerPath(id)}/json`;
  const { NetworkSettings } = await client.json({ method: "GET", path, what }, joinedSchema);
  return Object.keys(NetworkSettings.Networks ?? {}).filter((name) => name !== "");
}

/** Joins a container that was just made to the rest of its networks, and takes it out of others. */
async function settleNetworks(
  id: string,
  { networks, hostConfig }: ContainerCreation,
  what: string,
  client: Client,
): Promise<void> {
  const mode = networkModeOf(hostConfig);
  if (mode === "host" || mode === "none" || mode.startsWith("container:")) return;
  const joined = await joinedTo(id, what, client);
  const ask = (network: string, act: "connect" | "disconnect", body: object) =>
    client.ask({
      method: "POST",
      path: `/networks/${encodeURIComponent(network)}/${act}`,
      body: { Container: id, ...body },
      what: `${what}: ${act} network ${network}`,
      long: true,
    });
  // An engine may have another default network than the one that the container was made on.
  const isDefault = (name: string) => !isUserNetwork(mode) && engineNetworks.includes(name);
  for (const [name, EndpointConfig] of Object.entries(networks)) {
    if (joined.includes(name) || isDefault(name)) continue;
    await ask(name, "connect", { EndpointConfig });
  }
  const wanted = Object.keys(networks);
  const leaves = joined.filter((name) => !wanted.includes(name));
  for (const name of leaves) {
    if (isDefault(name) && wanted.every(isDefault)) continue;
    await ask(name, "disconnect", {});
  }
}

/** The name may be another one than that which it will have: messages speak of the latter. */
export async function createContainer(
  creation: ContainerCreation,
  name: string,
  client: Client,
): Promise<string> {
  const { apiVersion } = await client.connection();
  const { platform } = creation;
  const what = `creation of container ${creation.name}`;
  const question = {
    method: "POST",
    path: "/containers/create",
    query: { name, ...(platform === undefined ? {} : { platform }) },
    body: bodyOf(creation, apiVersion),
    what,
    missing: "IMAGE_MISSING",
    long: true,
    timeoutMs: createMs,
  } as const;
  const created = client.json(question, createdSchema).catch((thrown: unknown) => {
    throw failure(thrown);
  });
  const { Id } = await created;
  await settleNetworks(Id, creation, what, client);
  return Id;
}
