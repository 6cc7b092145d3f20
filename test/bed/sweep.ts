import { globSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { closeBridges } from "./firewall.ts";
import type { EnginePaths } from "./paths.ts";
import { cgroupOf, processesOf, sendSignal, until } from "./processes.ts";
import { run } from "./run.ts";

/** Ends whatever is left of an engine, however it died: processes, mounts, control groups, sockets. Idempotent. */
export async function sweep(paths: EnginePaths): Promise<void> {
  const gone = await until(() => {
    const left = processesOf(paths.id);
    for (const pid of left) sendSignal(pid, "SIGKILL");
    return left.length === 0;
  }, 20_000);
  if (!gone)
    throw new Error(`processes of engine ${paths.id} do not end: ${processesOf(paths.id)}`);
  await unmountBelow([paths.base, paths.runDir]);
  removeCgroups(cgroupOf(paths.id));
  await closeBridges(paths.id);
  removeShimSockets(paths.runDir);
  await rm(paths.runDir, { recursive: true, force: true });
}

/** Mount points below the directories, the latest mounted first. */
export function mountsBelow(directories: readonly string[]): string[] {
  const points = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => octal(line.split(" ")[4] ?? ""));
  return points.filter((p) => directories.some((d) => p.startsWith(`${d}/`))).reverse();
}

async function unmountBelow(directories: readonly string[]): Promise<void> {
  for (const point of mountsBelow(directories)) {
    await run(["umount", point], { allowFailure: true });
  }
  for (const point of mountsBelow(directories)) await run(["umount", "-l", point]);
}

/** All shims of a machine share one directory for their sockets; a killed one leaves its own there. */
function removeShimSockets(runDir: string): void {
  for (const file of globSync("containerd/*/moby/*/address", { cwd: runDir })) {
    const address = readFileSync(join(runDir, file), "utf8").trim();
    rmSync(address.replace("unix://", ""), { force: true });
  }
}

/** The kernel writes blanks in mountinfo as octal escapes. */
function octal(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** Version 1 has a tree for each controller, version 2 a single one. */
function removeCgroups(group: string): void {
  const root = "/sys/fs/cgroup";
  const trees = [root, ...directoriesIn(root)];
  for (const tree of trees) removeTree(join(tree, group));
}

/** Control group files cannot be unlinked, so only directories are removed, the deepest first. */
function removeTree(directory: string): void {
  for (const child of directoriesIn(directory)) removeTree(child);
  try {
    rmdirSync(directory);
  } catch {}
}

function directoriesIn(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(directory, entry.name));
  } catch {
    return [];
  }
}
