import { readFileSync } from "node:fs";
import { join } from "node:path";
import { accessTo, answers, type EngineAccess } from "./access.ts";
import { endProcess, startContainerd, startDockerd } from "./daemon.ts";
import { handOver, holderOf, release, take } from "./engine-lock.ts";
import { openBridges } from "./firewall.ts";
import { guardEngine } from "./guard.ts";
import { MissingComponent } from "./missing.ts";
import { type EnginePaths, enginePaths } from "./paths.ts";
import { processesOf } from "./processes.ts";
import { sweep } from "./sweep.ts";
import { wipe } from "./wipe.ts";

export { findEngine } from "./access.ts";

/** A running dockerd of our own. */
export type Engine = EngineAccess &
  AsyncDisposable & {
    readonly name: string;
    readonly socket: string;
    readonly dataRoot: string;
    /** Of dockerd; another one after `restart`. */
    readonly pid: number;
    /** Removes all containers, volumes and networks, and ends the engine. Images stay. Idempotent. */
    stop(): Promise<void>;
    /** Ends dockerd and starts it again as a package upgrade does; SIGKILL stands for a crash. */
    restart(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  };

export type EngineOptions = {
  name: string;
  /** The engine belongs to nobody and outlives this process. Otherwise it is ours until `stop` or our death. */
  detached?: boolean;
};

/**
 * Starts an engine beside any other, its data root kept between runs. Whatever an earlier engine of that name
 * left, dead or alive, is cleaned up first. Throws `EngineBusy` while another process uses the name.
 */
export async function startEngine({ name, detached }: EngineOptions): Promise<Engine> {
  if (process.getuid?.() !== 0) {
    throw new MissingComponent(
      "docker",
      "A Docker engine of our own needs root: run this as root.",
    );
  }
  const paths = enginePaths(name);
  take(paths.lock, name);
  try {
    await sweep(paths);
    const containerd = await startContainerd(paths);
    await startDockerd(paths);
    await openBridges(paths.id);
    const engine = engineAt(name, paths);
    await wipe(engine);
    // Of the engine's two processes containerd is the one that outlives restarts.
    if (detached) handOver(paths.lock, containerd);
    else guardEngine(name, paths.id);
    return engine;
  } catch (error) {
    await sweep(paths);
    release(paths.lock);
    throw error;
  }
}

/** The engine of that name if it runs, whoever started it. */
export async function runningEngine(name: string): Promise<Engine | undefined> {
  const paths = enginePaths(name);
  return (await answers(paths.socket)) ? engineAt(name, paths) : undefined;
}

/** Stops a detached engine, or what a dead process left. Throws `EngineBusy` when a living one uses it. */
export async function stopEngine(name: string): Promise<void> {
  const paths = enginePaths(name);
  const holder = holderOf(paths.lock);
  if (holder !== undefined && processesOf(paths.id).includes(holder)) {
    handOver(paths.lock, process.pid);
  } else {
    take(paths.lock, name);
  }
  await engineAt(name, paths).stop();
}

function engineAt(name: string, paths: EnginePaths): Engine {
  const pid = () => daemonPid(paths, "docker.pid");
  let stopped = false;
  const stop = async () => {
    if (stopped) return; // the name may be another's by now
    stopped = true;
    const answering = await answers(paths.socket);
    if (answering) await wipe(engine).catch(() => {}); // the next start wipes as well
    await endProcess(pid(), "SIGTERM", answering ? 15_000 : 1_000);
    await sweep(paths);
    release(paths.lock);
  };
  const engine: Engine = {
    ...accessTo(`unix://${paths.socket}`),
    name,
    socket: paths.socket,
    dataRoot: paths.dataRoot,
    get pid() {
      return pid() ?? -1;
    },
    stop,
    restart: async (signal = "SIGTERM") => {
      await endProcess(pid(), signal, 30_000);
      await startDockerd(paths);
    },
    [Symbol.asyncDispose]: stop,
  };
  return engine;
}

/** A number from a pid file is believed only if that process is one of the engine's. */
function daemonPid(paths: EnginePaths, file: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(paths.runDir, file), "utf8"));
    return processesOf(paths.id).includes(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}
