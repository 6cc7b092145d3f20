import { availableParallelism, loadavg, release, totalmem } from "node:os";
import type { EngineAccess } from "../bed/access.ts";
import { timed } from "./command.ts";
import { program } from "./subject.ts";

/** What the figures depend on; nothing that names the machine or its user. */
export interface Machine {
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly fileSystem: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Before the benchmark, over a minute: other work makes figures worse. */
  readonly load: number;
}

export async function describeMachine(engine: EngineAccess, directory: string): Promise<Machine> {
  const said = await timed([program, "--json", "version"], { env: engine.env });
  const { version, node, tools } = JSON.parse(said.stdout) as Versions;
  const ask = ["docker", "version", "--format", "{{.Server.Version}}"];
  const docker = (await timed(ask, { env: engine.env })).stdout.trim();
  return {
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    kernel: release(),
    fileSystem: await fileSystemOf(directory),
    versions: { stackhold: version, node, docker, ...present(tools) },
    load: loadavg()[0] ?? 0,
  };
}

export async function fileSystemOf(path: string): Promise<string> {
  const { stdout } = await timed(["findmnt", "-n", "-o", "FSTYPE", "--target", path]);
  return stdout.trim();
}

interface Versions {
  readonly version: string;
  readonly node: string;
  readonly tools: Readonly<Record<string, string | null>>;
}

function present(tools: Versions["tools"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tools).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
