import { isInside } from "../refused-paths.ts";
import { parentOf } from "../stored-entry.ts";
import type { Member } from "../unit.ts";

/** What a container has of its own beside its image and its mounts. */
export interface LayerChange {
  /** As the container sees it. */
  readonly path: string;
  readonly kind: "modified" | "added" | "deleted";
}

/** Made by the engine in every container, with what leads there. */
const ofEngine = [
  "/.dockerenv",
  "/etc/hosts",
  "/etc/hostname",
  "/etc/resolv.conf",
  "/etc/mtab",
  "/sbin/docker-init",
];

/** Never of the layer, whatever shows there. */
const ofKernel = ["/dev", "/proc", "/sys"];

/** By convention nothing in them outlives a restart. */
const temporary = ["/tmp", "/var/tmp", "/run", "/var/run"];

/** All directories above the paths. */
function above(paths: Iterable<string>): Set<string> {
  const found = new Set<string>();
  for (const path of paths) {
    for (let up = parentOf(path); up !== "" && !found.has(up); up = parentOf(up)) found.add(up);
  }
  return found;
}

export interface OwnChanges {
  /** What would be lost with the container, without the directories that only lead there. */
  readonly lost: readonly string[];
  /** Those of the temporary directories that hold changes. */
  readonly temporary: readonly string[];
}

/** Takes out mount points and what the engine or Compose made: that comes back with the container. */
export function ownChanges(
  changes: readonly LayerChange[],
  { mounts, workingDir }: Pick<Member, "mounts" | "workingDir">,
  injected: readonly string[] = [],
): OwnChanges {
  const points = mounts.map(({ destination }) => destination.replace(/(?<=.)\/$/, ""));
  const made = [
    ...ofEngine,
    ...points,
    ...injected,
    ...(workingDir === undefined ? [] : [workingDir]),
  ];
  const ours = new Set([...made, ...above(made)]);
  const leads = above(changes.map(({ path }) => path));
  const own = changes.filter(({ path, kind }) => {
    if (leads.has(path) || ofKernel.some((tree) => isInside(path, tree))) return false;
    return kind === "deleted" || !ours.has(path);
  });
  const places = own.map(({ path }) => ({
    path,
    within: temporary.find((tree) => isInside(path, tree)),
  }));
  return {
    lost: places.flatMap(({ path, within }) => (within === undefined ? [path] : [])),
    temporary: temporary.filter((tree) => places.some(({ within }) => within === tree)),
  };
}
