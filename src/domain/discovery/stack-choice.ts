import { parentOf, resolvePath } from "./host-path.ts";

/** In the order in which Compose looks for them (compose-go, cli.DefaultFileNames). */
const mainNames = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
const overrideNames = [
  "compose.override.yml",
  "compose.override.yaml",
  "docker-compose.override.yml",
  "docker-compose.override.yaml",
];

export interface ChosenFiles {
  readonly workingDir: string;
  readonly composeFiles: readonly string[];
  /** Named only where Compose would not find it by itself in the working directory. */
  readonly environmentFiles: readonly string[];
}

export function isStackDirectory(names: readonly string[]): boolean {
  return mainNames.some((name) => names.includes(name));
}

/** The files that `docker compose` run in this directory would use. */
export function chooseFiles(
  directory: string,
  names: readonly string[],
  dotEnv: Readonly<Record<string, string>>,
): ChosenFiles {
  const composeFiles = (fromVariable(dotEnv) ?? defaults(names)).map((name) =>
    resolvePath(directory, name),
  );
  const [main] = composeFiles;
  const workingDir = main === undefined ? directory : parentOf(main);
  const apart = workingDir !== directory && names.includes(".env");
  return {
    workingDir,
    composeFiles,
    environmentFiles: apart ? [resolvePath(directory, ".env")] : [],
  };
}

function fromVariable(dotEnv: Readonly<Record<string, string>>): string[] | undefined {
  const value = dotEnv.COMPOSE_FILE;
  if (value === undefined || value === "") return undefined;
  return value.split(dotEnv.COMPOSE_PATH_SEPARATOR || ":").filter((name) => name !== "");
}

function defaults(names: readonly string[]): string[] {
  const first = (candidates: readonly string[]) => candidates.find((name) => names.includes(name));
  return [first(mainNames), first(overrideNames)].filter((name) => name !== undefined);
}
