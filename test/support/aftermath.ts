import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isAlive } from "../bed/processes.ts";
import type { EngineEvent } from "./engine-events.ts";
import type { Workspace } from "./workspace.ts";

/** A unit and the Stackhold that works on it. */
export interface Scene {
  readonly name: string;
  readonly workspace: Workspace;
}

/** Programs whose command line need not name what they work on. */
const tools = new Set(["tar", "zstd", "rm", "find", "sync", "setpriv"]);

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return "";
      }
    });
  } catch {
    return [];
  }
}

/** Command lines of everything at work for a victim: runs, guards, recoveries and their tools. */
export function atWork({ name, workspace }: Scene): string[] {
  const isAbout = (text: string) => text.includes(workspace.root) || text.includes(name);
  const found: string[] = [];
  for (const pid of readdirSync("/proc").map(Number).filter(Number.isInteger)) {
    const command = read(`/proc/${pid}/cmdline`);
    const isTool = tools.has(basename(command.split("\0")[0] ?? ""));
    if (!isAbout(command) && !(isTool && openFiles(pid).some(isAbout))) continue;
    if (pid !== process.pid && isAlive(pid)) found.push(command.replaceAll("\0", " "));
  }
  return found;
}

/** A process has no command line for the moment in which it becomes another program. */
const looks = 2;

/** Waits until nobody is at work for the unit any more. */
export async function quiet(scene: Scene, limitMs = 30_000): Promise<void> {
  const limit = performance.now() + limitMs;
  for (let free = 0; free < looks; ) {
    const busy = atWork(scene);
    free = busy.length === 0 ? free + 1 : 0;
    if (performance.now() > limit) throw new Error(`still at work: ${busy.join("\n")}`);
    await delay(100);
  }
}

/** Journals that are still there; not what a killed writer left of one, which the next replaces. */
export async function journals({ workspace }: Pick<Scene, "workspace">): Promise<string[]> {
  const names = await readdir(join(workspace.stateDir, "journal")).catch(() => []);
  return names.filter((name) => name.endsWith(".json")).sort();
}

/** How many whole points of the unit are listed; throws when any other is. */
export async function pointsOf({ workspace, name }: Scene): Promise<number> {
  const listed = await workspace.stackhold(["list", "points", "--json"]);
  const points: { status: string; unit: string }[] = listed.json();
  if (points.every(({ status, unit }) => status === "complete" && unit === name)) {
    return points.length;
  }
  throw new Error(`listed: ${listed.stdout}${listed.stderr}`);
}

/** Names of what lies in the repository beside whole points: nothing that a reader takes for one. */
export async function partialPoints({ workspace, name }: Scene): Promise<string[]> {
  const unit = join(workspace.backupDir, "testhost", name);
  const names = await readdir(unit).catch(() => []);
  return names.filter(
    (entry) => entry !== "latest" && !existsSync(join(unit, entry, "manifest.json")),
  );
}

/**
 * Milliseconds from the blow, or from the end of the last stop where one ended after it, to the
 * last start.
 */
export function recoveryMs(events: readonly EngineEvent[], struckAt: number): number {
  const last = (action: string) =>
    Math.max(0, ...events.filter((event) => event.action === action).map(({ at }) => at));
  return Math.max(0, last("start") - Math.max(struckAt, last("die")));
}

/** The promised 5 s; longer only on a machine that has far more to do than it can. */
export function promisedMs(): number {
  return 5000 * Math.max(1, (loadavg()[0] ?? 0) / (2 * availableParallelism()));
}

/** Processes that watch over a run of the victim, or put right what it left. */
export function guardsOf({ workspace }: Pick<Scene, "workspace">): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && isAlive(pid))
    .filter((pid) => {
      const command = read(`/proc/${pid}/cmdline`);
      return command.includes(workspace.root) && command.includes("recover");
    });
}
