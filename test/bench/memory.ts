import { readdirSync, readFileSync } from "node:fs";

/** Bytes at their highest, all processes of a kind together. */
export interface Peak {
  /** Stackhold's own: the program and its guard. RSS counts shared pages in every process. */
  readonly ownRss: number;
  /** The same with shared pages counted once. */
  readonly ownPss: number;
  /** tar, zstd, find and whatever else was started. */
  readonly toolsPss: number;
  readonly samples: number;
}

const everyMs = 50;

/** Watches a process and its descendants until `end`. */
export function watchMemory(root: number): { end(): Peak } {
  const peak = { ownRss: 0, ownPss: 0, toolsPss: 0, samples: 0 };
  const look = () => {
    const { own, tools } = family(root);
    peak.ownRss = Math.max(peak.ownRss, sum(own, "Rss"));
    peak.ownPss = Math.max(peak.ownPss, sum(own, "Pss"));
    peak.toolsPss = Math.max(peak.toolsPss, sum(tools, "Pss"));
    peak.samples += 1;
  };
  const timer = setInterval(look, everyMs);
  return {
    end: () => {
      clearInterval(timer);
      return peak;
    },
  };
}

/** The guard is known by its script; what it started itself is part of it. */
function family(root: number): { own: number[]; tools: number[] } {
  const children = new Map<number, number[]>();
  for (const pid of readdirSync("/proc").map(Number).filter(Number.isInteger)) {
    const parent = parentOf(pid);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const own = [root];
  const tools: number[] = [];
  const visit = (pid: number, isOwn: boolean) => {
    for (const child of children.get(pid) ?? []) {
      const isGuard = isOwn && read(child, "cmdline").includes("guard.sh");
      const belongs = isGuard || (isOwn && pid !== root);
      (belongs ? own : tools).push(child);
      visit(child, belongs);
    }
  };
  visit(root, true);
  return { own, tools };
}

/** proc(5) stat: the second field is a name in which anything may stand. */
function parentOf(pid: number): number | undefined {
  const stat = read(pid, "stat");
  return stat === "" ? undefined : Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

function sum(pids: readonly number[], field: "Rss" | "Pss"): number {
  return pids.map((pid) => kilobytes(pid, field) * 1024).reduce((all, one) => all + one, 0);
}

function kilobytes(pid: number, field: string): number {
  const match = new RegExp(`^${field}: +(\\d+) kB$`, "m").exec(read(pid, "smaps_rollup"));
  return Number(match?.[1] ?? 0);
}

/** Empty when the process is gone. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
