/** Subtrees of the host's own that are never captured and never restored (class "host"). */
const hostTrees = ["/proc", "/sys", "/dev", "/run", "/boot", "/usr", "/etc/ssl"];
const hostFiles = [
  "/etc/localtime",
  "/etc/timezone",
  "/etc/passwd",
  "/etc/group",
  "/etc/hosts",
  "/etc/hostname",
  "/etc/machine-id",
  "/etc/resolv.conf",
];

export function isInside(path: string, directory: string): boolean {
  if (directory === "/") return true;
  return path === directory || path.startsWith(`${directory}/`);
}

export function isHostPath(path: string): boolean {
  const library = /^\/lib[^/]*(\/|$)/.test(path);
  return library || hostFiles.includes(path) || hostTrees.some((tree) => isInside(path, tree));
}

/** A place that holds Stackhold's or the engine's own data. */
export interface ReservedPath {
  readonly path: string;
  /** E.g. `the engine's data root`. */
  readonly what: string;
}

const neverCaptured = "is never captured";

/** Whether it is for such a reason that something is not stored: no restore is meant to bring it back. */
export function isNeverCaptured(why: string): boolean {
  return why.endsWith(neverCaptured);
}

/** Why a bind of this path is refused whole; undefined when it may be captured. */
export function refusal(path: string, reserved: readonly ReservedPath[]): string | undefined {
  if (path === "/") return `the whole file system of the host ${neverCaptured}`;
  const within = reserved.find((place) => isInside(path, place.path));
  return within === undefined ? undefined : `it is ${within.what}, which ${neverCaptured}`;
}

/** What lies reserved somewhere below the path and so must be left out of its capture. */
export function reservedBelow(path: string, reserved: readonly ReservedPath[]): ReservedPath[] {
  return reserved.filter((place) => place.path !== path && isInside(place.path, path));
}

/** The reserved place that would move if what is at the path were moved away. */
export function reservedWithin(
  path: string,
  reserved: readonly ReservedPath[],
): ReservedPath | undefined {
  return reserved.find((place) => isInside(place.path, path));
}
