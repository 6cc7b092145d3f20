import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineAccess } from "../bed/access.ts";
import { run } from "../bed/run.ts";

const words = (text: string) => text.split("\n").filter(Boolean).sort();

/** Whatever carries a project's label: `container NAME`, `volume NAME`, `network NAME`. */
export async function labelled({ env }: EngineAccess, project: string): Promise<string[]> {
  const filter = ["--filter", `label=com.docker.compose.project=${project}`];
  const list = (...args: string[]) => run(["docker", ...args, ...filter], { env });
  const all = await Promise.all([
    list("ps", "-a", "--format", "container {{.Names}}"),
    list("volume", "ls", "--format", "volume {{.Name}}"),
    list("network", "ls", "--format", "network {{.Name}}"),
  ]);
  return all.flatMap(({ stdout }) => words(stdout));
}

/** Names of the volumes in which a file `mark` holds the text, anonymous ones too. */
export async function markedVolumes({ env }: EngineAccess, text: string): Promise<string[]> {
  const { stdout } = await run(["docker", "info", "--format", "{{.DockerRootDir}}"], { env });
  const listed = await run(["docker", "volume", "ls", "-q"], { env });
  return words(listed.stdout).filter((name) => {
    const mark = join(stdout.trim(), "volumes", name, "_data", "mark");
    return existsSync(mark) && readFileSync(mark, "utf8").trim() === text;
  });
}
