/**
 * A unit is what is backed up and restored as one: a Compose stack, or a container without
 * Compose labels. This is what discovery knows from the engine's lists alone; `Member` adds what
 * only an inspection tells.
 */
export interface Unit {
  readonly name: string;
  readonly kind: UnitKind;
  /** Compose project, or the container's name for a standalone one. */
  readonly project: string;
  /** Host path of the project directory; absent for standalone containers and orphans. */
  readonly workingDir?: string;
  /** The project directory as the container sees it in which the stack's manager runs. */
  readonly seenAs?: string;
  /** Directories of the host of which any may be the project directory: nobody can tell which. */
  readonly mayBe?: readonly string[];
  /** Absolute host paths, in the order of `-f`. */
  readonly composeFiles: readonly string[];
  readonly environmentFiles: readonly string[];
  readonly containers: readonly ContainerSummary[];
  /** Services named by the compose file that have no container. */
  readonly absentServices: readonly AbsentService[];
}

export type UnitKind = "stack" | "standalone";
export type UnitState = "running" | "partial" | "stopped" | "absent";

export interface AbsentService {
  readonly name: string;
  readonly image?: string;
}

export type ContainerState =
  | "created"
  | "running"
  | "paused"
  | "restarting"
  | "removing"
  | "exited"
  | "dead";

export type Health = "starting" | "healthy" | "unhealthy";

export interface ContainerSummary {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly state: ContainerState;
  readonly health?: Health;
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** Id or name of the container whose network namespace this one shares. */
  readonly networkOf?: string;
}

export interface Mount {
  readonly type: "bind" | "volume" | "tmpfs" | "npipe" | "cluster" | "image";
  /** Host path of a bind, or of a volume's data as the engine states it; empty for tmpfs. */
  readonly source: string;
  /** The engine's name of the volume. */
  readonly volume?: string;
  readonly driver?: string;
  readonly destination: string;
  readonly readOnly: boolean;
}

/** A container of a unit with all that stopping, starting and recreating it needs. */
export interface Member extends ContainerSummary {
  readonly service?: string;
  /** Replica number, from 1. */
  readonly number: number;
  readonly oneOff: boolean;
  /** The engine deletes it, with its anonymous volumes, as soon as it stops (`docker run --rm`). */
  readonly autoRemove: boolean;
  readonly digest?: string;
  readonly restartPolicy: RestartPolicy;
  /** `stop_grace_period` in seconds, when the container states one. */
  readonly stopTimeout?: number;
  readonly stopSignal?: string;
  readonly dependsOn: readonly Dependency[];
  readonly volumesFrom: readonly string[];
  readonly healthcheck?: Healthcheck;
  /** The engine's time of the last stop, RFC 3339. */
  readonly finishedAt?: string;
  readonly startedAt?: string;
  /** How often its restart policy has started it since somebody last did. */
  readonly restartCount: number;
  readonly exitCode: number;
  /** Host paths of binds without which it does not start: others the engine makes, if need be. */
  readonly requiredPaths?: readonly string[];
  /** Host paths of devices that it is given. */
  readonly devices?: readonly string[];
  /** Where its process begins; the engine makes it where the image has no such directory. */
  readonly workingDir?: string;
}

export interface RestartPolicy {
  readonly name: "" | "no" | "always" | "unless-stopped" | "on-failure";
  readonly maximumRetryCount: number;
}

export interface Dependency {
  readonly service: string;
  readonly condition: string;
}

/** Milliseconds; the engine's defaults filled in. */
export interface Healthcheck {
  readonly intervalMs: number;
  readonly startPeriodMs: number;
  readonly retries: number;
}

export interface Volume {
  readonly name: string;
  readonly driver: string;
  /** Host path of the data. */
  readonly mountpoint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  readonly anonymous: boolean;
}

/** The host directory that a volume is only another name of. */
export function boundDevice({ options }: Pick<Volume, "options">): string | undefined {
  const isBound = options.o?.split(",").some((o) => o === "bind" || o === "rbind") === true;
  return isBound ? options.device : undefined;
}

const awake: readonly ContainerState[] = ["running", "paused", "restarting"];

/** How the engine mounts a local volume while a container uses it; undefined where it need not. */
export function mountOptionsOf(
  volume: Pick<Volume, "driver" | "options">,
): { readonly type: string; readonly device: string; readonly options: string } | undefined {
  const { type = "none", device, o = "" } = volume.options;
  const isMounted =
    volume.driver === "local" && type !== "tmpfs" && boundDevice(volume) === undefined;
  return device === undefined || !isMounted ? undefined : { type, device, options: o };
}

export function isRunning(container: { readonly state: ContainerState }): boolean {
  return awake.includes(container.state);
}

/** Runs and must never be stopped: it would be gone, and nothing brings it back. */
export function isLostWhenStopped(member: Member): boolean {
  return member.autoRemove && isRunning(member);
}

export function unitState(unit: Unit): UnitState {
  if (unit.containers.length === 0) return "absent";
  const running = unit.containers.filter(isRunning).length;
  if (running === 0) return "stopped";
  return running === unit.containers.length ? "running" : "partial";
}
