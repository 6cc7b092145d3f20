import type { Dependency } from "../unit.ts";
import { resolvePath } from "./host-path.ts";

/** Labels that Compose puts on containers: github.com/docker/compose, pkg/api/labels.go. */
const prefix = "com.docker.compose";

type Labels = Readonly<Record<string, string>>;

/** What Compose wrote on a container about its stack and its place in it. */
export interface ComposeFacts {
  readonly project: string;
  readonly service?: string;
  readonly workingDir?: string;
  /** Absolute host paths. */
  readonly composeFiles: readonly string[];
  readonly environmentFiles: readonly string[];
  readonly number: number;
  /** Made by `docker compose run`. */
  readonly oneOff: boolean;
  readonly dependsOn: readonly Dependency[];
}

/** Undefined for a container that Compose did not make. */
export function composeProjectOf(labels: Labels): string | undefined {
  return labels[`${prefix}.project`] || undefined;
}

/** Undefined as above. */
export function composeFacts(labels: Labels): ComposeFacts | undefined {
  const project = composeProjectOf(labels);
  if (project === undefined) return undefined;
  const service = labels[`${prefix}.service`];
  const workingDir = labels[`${prefix}.project.working_dir`] || undefined;
  const paths = (name: string) => splitPaths(labels[`${prefix}.project.${name}`], workingDir);
  return {
    project,
    ...(service === undefined ? {} : { service }),
    ...(workingDir === undefined ? {} : { workingDir: resolvePath("/", workingDir) }),
    composeFiles: paths("config_files"),
    environmentFiles: paths("environment_file"),
    number: positive(labels[`${prefix}.container-number`]),
    oneOff: labels[`${prefix}.oneoff`]?.toLowerCase() === "true",
    dependsOn: parseDependsOn(labels[`${prefix}.depends_on`] ?? ""),
  };
}

/** Labels of somebody's own, with which Compose takes nothing for its own. */
export function withoutComposeLabels(labels: Labels): Labels {
  const own = Object.entries(labels).filter(([label]) => !label.startsWith(`${prefix}.`));
  return Object.fromEntries(own);
}

/** `db:service_healthy:false,cache:service_started:true` */
function parseDependsOn(text: string): Dependency[] {
  const entries = text.split(",").filter((entry) => entry !== "");
  return entries.map((entry) => {
    const [service = "", condition] = entry.split(":");
    return { service, condition: condition || "service_started" };
  });
}

/** `-` is a file that Compose read from its standard input: nothing is left of it. */
function splitPaths(text: string | undefined, workingDir = "/"): string[] {
  const names = (text ?? "").split(",").map((name) => name.trim());
  const real = names.filter((name) => name !== "" && name !== "-");
  return real.map((name) => resolvePath(workingDir, name));
}

function positive(text: string | undefined): number {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : 1;
}
