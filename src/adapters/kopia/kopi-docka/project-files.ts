import { posix } from "node:path";
import { composeFacts } from "../../../domain/discovery/compose-labels.ts";
import { isInside } from "../../../domain/refused-paths.ts";
import type { Inspected } from "./inspections.ts";
import { fileAt, type StoredFile } from "./stored-file.ts";

/** What a recipe has of a project directory. */
export interface ProjectFiles {
  /** Compose project. */
  readonly project: string;
  /** Host path. */
  readonly workingDir: string;
  /** Host paths, in the order of `-f`. */
  readonly composeFiles: readonly string[];
  readonly environmentFiles: readonly string[];
  /** By their paths relative to the project directory. */
  readonly files: readonly StoredFile[];
  /** Compose files by their host paths that cannot be put back, and why. */
  readonly lost: readonly { readonly path: string; readonly why: string }[];
}

const beside = "project-files/";

/** Until 3.0 the first compose file was stored under this name, whatever its own was. */
const formerName = "docker-compose.yml";

/** Files are stored flat: of two with one name the later one is there. */
function storedAs(
  path: string,
  index: number,
  paths: readonly string[],
  files: readonly StoredFile[],
): StoredFile | undefined {
  const name = posix.basename(path);
  const isLast = paths.findLastIndex((one) => posix.basename(one) === name) === index;
  const found = isLast ? fileAt(files, name) : undefined;
  const isFormer = index === 0 && fileAt(files, "compose_order.json") === undefined;
  return found ?? (isFormer ? fileAt(files, formerName) : undefined);
}

/** Undefined where nothing says that the containers are a stack's, or where its directory is. */
export function projectFilesOf(
  files: readonly StoredFile[],
  inspected: readonly Inspected[],
): ProjectFiles | undefined {
  const facts = inspected
    .map(({ member }) => composeFacts(member.labels))
    .find((one) => one?.workingDir !== undefined);
  if (facts?.workingDir === undefined) return undefined;
  const { project, workingDir, composeFiles, environmentFiles } = facts;
  const relative = (path: string) => posix.relative(workingDir, path);
  const placed: StoredFile[] = [];
  const lost: { path: string; why: string }[] = [];
  for (const [index, path] of composeFiles.entries()) {
    const file = storedAs(path, index, composeFiles, files);
    if (file === undefined) lost.push({ path, why: "Kopi-Docka did not store it" });
    else if (isInside(path, workingDir)) placed.push({ ...file, path: relative(path) });
    else lost.push({ path, why: "it lies outside of the project directory: the recipe has it" });
  }
  const home = composeFiles.map((path) => posix.dirname(path));
  const directory = home.find((path) => isInside(path, workingDir)) ?? workingDir;
  const others = files.filter(({ path }) => path.startsWith(beside));
  for (const file of others) {
    const path = relative(`${directory}/${file.path.slice(beside.length)}`);
    if (!placed.some((one) => one.path === path)) placed.push({ ...file, path });
  }
  return { project, workingDir, composeFiles, environmentFiles, files: placed, lost };
}
