import { readFileSync } from "node:fs";
import { run } from "./run.ts";

/**
 * Our engines leave the machine's firewall alone: a second engine with `--iptables` flushes the chains of
 * the first. What remains is that another engine may have closed FORWARD, through which frames within one
 * bridge pass as well when br_netfilter is on. Then one rule lets bridged (never routed) frames pass.
 */
export async function openBridges(id: string): Promise<void> {
  if (!bridgesAreFiltered() || !(await forwardIsClosed())) return;
  await run(["iptables", "-w", "-I", "FORWARD", ...rule(id)]);
}

/** Removes the rule of `openBridges`; does nothing when there is none. */
export async function closeBridges(id: string): Promise<void> {
  if (!bridgesAreFiltered()) return;
  const remove = ["iptables", "-w", "-D", "FORWARD", ...rule(id)];
  while ((await run(remove, { allowFailure: true })).code === 0);
}

const rule = (id: string): string[] => {
  const comment = `stackhold-testbed ${id}`;
  const bridged = ["-m", "physdev", "--physdev-is-bridged"];
  return [...bridged, "-m", "comment", "--comment", comment, "-j", "ACCEPT"];
};

function bridgesAreFiltered(): boolean {
  try {
    return readFileSync("/proc/sys/net/bridge/bridge-nf-call-iptables", "utf8").trim() === "1";
  } catch {
    return false;
  }
}

async function forwardIsClosed(): Promise<boolean> {
  const { stdout } = await run(["iptables", "-w", "-S", "FORWARD"], { allowFailure: true });
  return stdout.startsWith("-P FORWARD DROP");
}
