import type { CommandEnd } from "../domain/hooks.ts";
import type { Connection, Endpoint } from "../domain/networks/connection.ts";
import type { NetworkDefinition } from "../domain/networks/definition.ts";
import type { LayerChange } from "../domain/sources/layer-changes.ts";
import type { ContainerCreation } from "../domain/standalone/creation.ts";
import type { ContainerSummary, Member, RestartPolicy, Volume } from "../domain/unit.ts";

export interface EngineInfo {
  readonly name: string;
  readonly version: string;
  readonly apiVersion: string;
  /** Host path under which the engine keeps volumes and layers. */
  readonly dataRoot: string;
  readonly rootless: boolean;
  /** How it is reached, e.g. `unix:///var/run/docker.sock`. */
  readonly endpoint: string;
}

export interface Image {
  readonly id: string;
  readonly tags: readonly string[];
  /** `repository@sha256:…` */
  readonly digests: readonly string[];
  /** Of its layers, as they are unpacked. */
  readonly bytes: number;
}

export interface Network extends NetworkDefinition {
  readonly id: string;
}

/** Beside its name and labels; the local driver without options where nothing is said. */
export interface VolumeKind {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
}

/** Beside its name and labels; the local driver without options where nothing is said. */
export interface VolumeKind {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
}

export interface EngineEvent {
  readonly type: "container" | "volume" | "network" | "image" | string;
  readonly action: string;
  readonly id: string;
  /** Nanoseconds since the epoch, as a decimal string. */
  readonly timeNano: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface EngineEventFilter {
  readonly containers?: readonly string[];
  readonly actions?: readonly string[];
  /** Seconds since the epoch, fraction allowed; `until` in the past ends the stream. */
  readonly since?: number;
  readonly until?: number;
}

export interface ContainerCommand {
  readonly argv: readonly string[];
  /** Beside the container's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names the run and its unit: what it leaves at work is found by this. */
  readonly mark: string;
  readonly limitSeconds: number;
  /** Of stdout and stderr, as the command prints them. */
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * A container engine. Errors: ENGINE_UNREACHABLE (no socket, no answer), ENGINE_FORBIDDEN (no
 * permission, a read-only proxy), CONTAINER_MISSING (404 on a container), IMAGE_MISSING,
 * ENGINE_ERROR (anything else it answers). Every call may be retried unless it says otherwise.
 */
export interface Engine {
  info(): Promise<EngineInfo>;
  /** Running and stopped ones. One request, whatever their number. */
  containers(): Promise<ContainerSummary[]>;
  /** By id or name. */
  inspect(container: string): Promise<Member>;
  /** The engine's own JSON of a container, for recipes. */
  inspectRaw(container: string): Promise<unknown>;
  /** What differs from its image outside of its mounts, directories that lead there included. */
  changes(container: string): Promise<LayerChange[]>;
  volumes(): Promise<Volume[]>;
  /** One that is there already stays as it is, without an error unless its driver is another. */
  createVolume(
    name: string,
    labels: Readonly<Record<string, string>>,
    kind?: VolumeKind,
  ): Promise<void>;
  /** One that is gone is no error; ENGINE_ERROR where a container has it. */
  removeVolume(name: string): Promise<void>;
  networks(): Promise<Network[]>;
  /** The engine's own JSON of a network, by id or name; undefined where there is none. */
  inspectNetworkRaw(network: string): Promise<unknown>;
  /**
   * Returns its id. ENGINE_ERROR where one of that name is there already, or another one has its
   * subnet. Not to be retried.
   */
  createNetwork(definition: NetworkDefinition): Promise<string>;
  /** One that is gone is no error; ENGINE_ERROR where a running container is in it. */
  removeNetwork(id: string): Promise<void>;
  /**
   * Every container that knows a network of that name, stopped ones too: these also where the
   * network is gone, or is another one by now.
   */
  connections(network: string): Promise<Connection[]>;
  /**
   * Joins a container to a network. One that runs is in it when this returns, a stopped one as soon
   * as it is started. ENGINE_ERROR where it is in it already or cannot have what it asks for.
   */
  connect(network: string, container: string, endpoint: Endpoint): Promise<void>;
  /** Running or stopped; one that is not in it is no error, nor is a network that is gone. */
  disconnect(network: string, container: string): Promise<void>;
  images(): Promise<Image[]>;
  /** Undefined where the engine has no such image. */
  image(reference: string): Promise<Image | undefined>;
  /** Fetches by tag or digest; IMAGE_MISSING where no registry has it. */
  pull(reference: string, signal?: AbortSignal): Promise<void>;
  /** An image, by id, as `docker save` gives it, without names. The stream throws IMAGE_MISSING. */
  saveImage(id: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /**
   * Takes in what `saveImage` gave, piece by piece. What the content throws is thrown; it may be
   * asked for twice. Whether that was the image one thinks, `image` tells.
   */
  loadImage(content: () => AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void>;
  /** Gives an image, by id, one more name. */
  tag(image: string, reference: string): Promise<void>;
  /**
   * Makes a container under a name, joined to its networks and to no other, and does not start it.
   * Returns its id. IMAGE_MISSING. Where it fails half way the container is there. Not to be retried.
   */
  create(creation: ContainerCreation, name: string): Promise<string>;
  rename(container: string, name: string): Promise<void>;
  /**
   * Returns when the container is stopped; one that is stopped already is no error. The engine
   * goes on with a stop whose caller is gone, and a second stop waits for the first.
   */
  stop(container: string, timeoutSeconds: number): Promise<void>;
  /** Returns when the process runs; one that runs already is no error. */
  start(container: string): Promise<void>;
  pause(container: string): Promise<void>;
  unpause(container: string): Promise<void>;
  /**
   * Shows that containers may be stopped and started, by asking it of one that cannot exist:
   * ENGINE_FORBIDDEN where a read-only proxy is in between. Nothing is touched.
   */
  checkWritable(): Promise<void>;
  /**
   * Runs a command in a running container, as the container's user; ENGINE_ERROR where it does not
   * run. At the limit, and with the signal, the command is ended with what it started: TERM, then
   * KILL. A failure is in what it returns where that cannot be done. Not to be retried.
   */
  exec(container: string, command: ContainerCommand): Promise<CommandEnd>;
  setRestartPolicy(container: string, policy: RestartPolicy): Promise<void>;
  /** With its anonymous volumes. ENGINE_ERROR where it runs. */
  remove(container: string): Promise<void>;
  /** Ends with `until`, with the signal (without an error), or throws when the engine goes away. */
  events(filter: EngineEventFilter, signal?: AbortSignal): AsyncIterable<EngineEvent>;
}
