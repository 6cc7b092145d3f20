import { fieldsOf } from "../recipe/lasting-inspection.ts";
import { option, pairs, text, type Words } from "./hint-words.ts";

const usualShm = 64 * 1024 * 1024;

function cpus(nano: unknown): string {
  return typeof nano === "number" && nano > 0 ? String(nano / 1e9) : "";
}

function ulimits(value: unknown): Words[] {
  return (Array.isArray(value) ? value : []).map((limit): Words => {
    const { Name, Soft, Hard } = fieldsOf(limit);
    return ["--ulimit", `${text(Name)}=${Soft}:${Hard}`];
  });
}

/** What a container may use of the machine, from the `HostConfig` of its inspection. */
export function limits(host: ReturnType<typeof fieldsOf>): Words[] {
  return [
    ...option("--memory", host.Memory),
    ...option("--memory-swap", host.MemorySwap, Number(host.Memory) * 2),
    ...option("--memory-reservation", host.MemoryReservation),
    ...option("--cpus", cpus(host.NanoCpus)),
    ...option("--cpu-shares", host.CpuShares),
    ...option("--cpu-period", host.CpuPeriod),
    ...option("--cpu-quota", host.CpuQuota),
    ...option("--cpuset-cpus", host.CpusetCpus),
    ...option("--pids-limit", host.PidsLimit),
    ...option("--shm-size", host.ShmSize, usualShm),
    ...option("--oom-score-adj", host.OomScoreAdj),
    ...ulimits(host.Ulimits),
    ...pairs("--sysctl", host.Sysctls),
  ];
}
