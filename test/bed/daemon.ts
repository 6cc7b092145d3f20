import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { answers } from "./access.ts";
import { MissingComponent } from "./missing.ts";
import { type EnginePaths, findProgram, searchPath } from "./paths.ts";
import { cgroupOf, isAlive, mark, sendSignal, until } from "./processes.ts";

/** Starts a containerd of our own: dockerd would share the machine's, where the containers of both would mix. */
export async function startContainerd(paths: EnginePaths): Promise<number> {
  await mkdir(paths.runDir, { recursive: true, mode: 0o711 });
  const config = join(paths.runDir, "containerd.toml");
  const disabled = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"];
  writeFileSync(config, `version = 2\ndisabled_plugins = ${JSON.stringify(disabled)}\n`);
  const places = ["--root", paths.containerdRoot, "--state", join(paths.runDir, "containerd")];
  return launch(paths, "containerd", [
    ...["--config", config, "--log-level", "warn", "--address", containerdSocket(paths)],
    ...places,
  ]);
}

/** Starts dockerd and waits until it answers. The firewall stays untouched: ports are published by docker-proxy. */
export async function startDockerd(paths: EnginePaths): Promise<number> {
  const config = join(paths.runDir, "daemon.json");
  // Of one that was killed: where its number is another process's by now, dockerd does not start.
  rmSync(join(paths.runDir, "docker.pid"), { force: true });
  writeFileSync(config, "{}\n"); // instead of the machine's own /etc/docker/daemon.json
  const pid = launch(paths, "dockerd", [
    ...["--config-file", config, "--data-root", paths.dataRoot],
    ...["--exec-root", join(paths.runDir, "exec"), "--pidfile", join(paths.runDir, "docker.pid")],
    ...["-H", `unix://${paths.socket}`, "--containerd", containerdSocket(paths)],
    ...["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-masq=false"],
    ...["--default-address-pool", addressPool(paths.id)],
    ...["--cgroup-parent", cgroupOf(paths.id), "--exec-opt", "native.cgroupdriver=cgroupfs"],
    ...["--log-level=warn", "--shutdown-timeout=5"],
  ]);
  const ready = async () => !isAlive(pid) || (await answers(paths.socket));
  if ((await until(ready, 60_000)) && isAlive(pid)) return pid;
  throw new Error(`dockerd did not start:\n${logTail(paths, "dockerd")}`);
}

/** Ends the process; one which does not obey the signal within the grace time is killed. */
export async function endProcess(
  pid: number | undefined,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<void> {
  if (pid === undefined) return;
  sendSignal(pid, signal);
  if (await until(() => !isAlive(pid), graceMs)) return;
  sendSignal(pid, "SIGKILL");
  await until(() => !isAlive(pid), 5_000);
}

const containerdSocket = (paths: EnginePaths): string => join(paths.runDir, "containerd.sock");

/** 256 networks of 254 addresses for each engine; the engine passes over those that the machine routes already. */
function addressPool(id: string): string {
  const byte = createHash("sha256").update(id).digest()[0] ?? 0;
  return `base=10.${128 + (byte % 96)}.0.0/16,size=24`;
}

/** In a session of its own, so that an interrupt from the terminal does not reach it. */
function launch(paths: EnginePaths, program: string, args: readonly string[]): number {
  const path = findProgram(program);
  if (!path) throw new MissingComponent("docker", `${program} is not installed.`);
  const log = openSync(join(paths.runDir, `${program}.log`), "a");
  const env = { ...process.env, PATH: searchPath(), [mark]: paths.id };
  const child = spawn(path, args, { cwd: "/", env, detached: true, stdio: ["ignore", log, log] });
  child.on("error", () => {}); // told by its absence below
  child.unref();
  closeSync(log);
  if (child.pid === undefined) throw new MissingComponent("docker", `${path} cannot be started.`);
  return child.pid;
}

function logTail(paths: EnginePaths, program: string): string {
  const log = readFileSync(join(paths.runDir, `${program}.log`), "utf8");
  return log.trim().split("\n").slice(-20).join("\n");
}
