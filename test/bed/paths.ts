import { createHash } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Everything that outlives a run: images, the Compose plugin, data roots. Outside the checkout, removed by hand. */
export function cacheDir(): string {
  const set = process.env.STACKHOLD_TESTBED_DIR;
  if (set) return resolve(set);
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "stackhold-testbed");
}

/** `DOCKER_CONFIG` for the bed: only our own plugins and no credentials of the user's. */
export const dockerConfigDir = (): string => join(cacheDir(), "docker-config");

export type EnginePaths = {
  /** Unique on the machine, also when two cache directories hold engines of one name. */
  id: string;
  base: string;
  dataRoot: string;
  containerdRoot: string;
  lock: string;
  runDir: string;
  socket: string;
};

/** Sockets live in /run because a path in the cache may be longer than the 107 bytes a socket's name can have. */
export function enginePaths(name: string): EnginePaths {
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(name)) throw new RangeError(`not an engine name: ${name}`);
  const id = `${name}-${createHash("sha256").update(cacheDir()).digest("hex").slice(0, 8)}`;
  const base = join(cacheDir(), "engines", name);
  const runDir = join("/run/stackhold-testbed", id);
  return {
    id,
    base,
    dataRoot: join(base, "data"),
    containerdRoot: join(base, "containerd"),
    lock: join(base, "lock"),
    runDir,
    socket: join(runDir, "docker.sock"),
  };
}

/** PATH with the administrator's directories, where dockerd and iptables are on Debian. */
export function searchPath(env: NodeJS.ProcessEnv = process.env): string {
  const parts = (env.PATH ?? "/usr/bin:/bin").split(":");
  return [...new Set([...parts, "/usr/local/sbin", "/usr/sbin", "/sbin"])].join(":");
}

/** The absolute path of a program, or undefined. */
export function findProgram(name: string): string | undefined {
  for (const directory of searchPath().split(":")) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
  return undefined;
}
