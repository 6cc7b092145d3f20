import type { Engine } from "../../ports/engine.ts";
import { engineClient } from "./client.ts";
import { connector, type Dial } from "./connect.ts";
import { connectContainer, disconnectContainer, networkConnections } from "./connections.ts";
import {
  containerChanges,
  inspectContainer,
  inspectContainerRaw,
  listContainers,
} from "./containers.ts";
import { createContainer } from "./create-container.ts";
import type { Endpoint } from "./endpoint.ts";
import { engineEvents } from "./events.ts";
import { execInContainer } from "./exec.ts";
import { loadImage, saveImage } from "./image-content.ts";
import { engineImages, tagImage } from "./images.ts";
import { engineInfo } from "./info.ts";
import { lifecycle } from "./lifecycle.ts";
import { createNetwork, inspectNetworkRaw, listNetworks, removeNetwork } from "./networks.ts";
import { pullImage, type RegistryAuth } from "./pull.ts";
import { createVolume, listVolumes, removeVolume } from "./volumes.ts";

export interface DockerEngineOptions {
  readonly endpoint: Endpoint;
  /** The second way, for addresses that cannot be opened directly; none where absent. */
  readonly dial?: Dial;
  /** For pulls from private registries. */
  readonly registryAuth?: RegistryAuth;
}

/** Closes kept connections; a call afterwards opens new ones. */
export type DockerEngine = Engine & Disposable;

/** The engine behind an endpoint. Nothing is opened before the first call. */
export function dockerEngine({ endpoint, dial, registryAuth }: DockerEngineOptions): DockerEngine {
  const connect = connector(endpoint, dial);
  const client = engineClient(connect);
  const images = engineImages(client);
  const auth = registryAuth ?? (async () => undefined);
  return {
    ...lifecycle(client),
    info: () => engineInfo(client, endpoint),
    containers: () => listContainers(client),
    inspect: (container) => inspectContainer(container, client, images),
    inspectRaw: (container) => inspectContainerRaw(container, client),
    changes: (container) => containerChanges(container, client),
    exec: (container, command) => execInContainer(container, command, client),
    volumes: () => listVolumes(client),
    createVolume: (name, labels, kind) => createVolume(name, labels, kind, client),
    removeVolume: (name) => removeVolume(name, client),
    networks: () => listNetworks(client),
    inspectNetworkRaw: (network) => inspectNetworkRaw(network, client),
    createNetwork: (definition) => createNetwork(definition, client),
    removeNetwork: (id) => removeNetwork(id, client),
    connections: (network) => networkConnections(network, client),
    connect: (network, container, endpoint) =>
      connectContainer(network, container, endpoint, client),
    disconnect: (network, container) => disconnectContainer(network, container, client),
    images: () => images.list(),
    image: (reference) => images.find(reference),
    saveImage: (id, signal) => saveImage(id, client, images, signal),
    loadImage: (content, signal) => loadImage(content, client, signal),
    tag: (image, reference) => tagImage(image, reference, client),
    create: (creation, name) => createContainer(creation, name, client),
    pull: (reference, signal) => pullImage(reference, client, auth, signal),
    events: (filter, signal) => engineEvents(filter, client, signal),
    [Symbol.dispose]: () => connect.close(),
  };
}
