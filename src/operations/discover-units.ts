import pLimit from "p-limit";
import type { ResolvedStack } from "../domain/discovery/directory-stack.ts";
import { groupContainers, type LabelledStack } from "../domain/discovery/group-containers.ts";
import { type Discovery, joinUnits } from "../domain/discovery/join-units.ts";
import { activeServices } from "../domain/discovery/read-stack.ts";
import type { AbsentService } from "../domain/unit.ts";
import type { Engine } from "../ports/engine.ts";
import type { StackFiles } from "../ports/stack-files.ts";
import { readComposeFiles, readVariables } from "./discover/compose-files.ts";
import { type PlacedStack, placeStack } from "./discover/manager-stack.ts";
import { readDirectoryStack } from "./discover/read-directory.ts";
import { type Place, stackPlaces } from "./discover/stack-places.ts";

export interface DiscoverInput {
  /** Its direct children are stacks; that it does not exist is no warning: it is a default. */
  readonly stacksDir: string;
  /** Stack directories themselves. */
  readonly extraStacks: readonly string[];
}

export interface DiscoverDeps {
  readonly engine: Pick<Engine, "containers">;
  readonly stackFiles: StackFiles;
}

const atOnce = 16;

/**
 * Every unit of this host, from one request to the engine and the compose files. A file that
 * cannot be read or understood is a warning. Errors: those of `Engine.containers`.
 */
export async function discoverUnits(
  input: DiscoverInput,
  { engine, stackFiles }: DiscoverDeps,
): Promise<Discovery> {
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const [containers, places] = await Promise.all([
    engine.containers(),
    stackPlaces(input, stackFiles, warn),
  ]);
  const { stacks, standalone } = groupContainers(containers);
  const limit = pLimit(atOnce);
  const known = await limit.map(stacks, async (stack) =>
    resolveStack(await placeStack(stack, containers, stackFiles), stackFiles, warn),
  );
  const strange = unknownPlaces(
    places,
    known.flatMap(({ roots }) => roots),
  );
  const read = await limit.map(strange, (place) => readDirectoryStack(place, stackFiles, warn));
  const mains = new Set(known.flatMap(({ main }) => main ?? []));
  const directories = read.filter(({ main }) => main === undefined || !mains.has(main));
  const joined = joinUnits({
    stacks: known.map(({ stack }) => stack),
    directories: directories.map(({ stack }) => stack),
    standalone,
  });
  return { units: joined.units, warnings: [...new Set([...warnings, ...joined.warnings])].sort() };
}

interface Known {
  readonly stack: ResolvedStack;
  /** Real path of the working directory. */
  readonly roots: readonly string[];
  /** Real path of the first compose file. */
  readonly main: string | undefined;
}

/** A path that is not here was written elsewhere, or is gone: the containers still make a unit. */
async function resolveStack(
  stack: PlacedStack,
  stackFiles: StackFiles,
  warn: (message: string) => void,
): Promise<Known> {
  const [first] = stack.composeFiles;
  const [root, main] = await Promise.all([
    stack.workingDir === undefined ? undefined : stackFiles.realPath(stack.workingDir),
    first === undefined ? undefined : stackFiles.realPath(first),
  ]);
  const services = main === undefined ? [] : await namedServices(stack, stackFiles, warn);
  return {
    stack: { ...stack, directoryExists: root !== undefined, services },
    roots: root === undefined ? [] : [root],
    main,
  };
}

async function namedServices(
  stack: LabelledStack,
  stackFiles: StackFiles,
  warn: (message: string) => void,
): Promise<AbsentService[]> {
  const files = await readComposeFiles(stack.composeFiles, stackFiles, warn);
  const variables = await readVariables(stack.environmentFiles, stack.workingDir, stackFiles, warn);
  return activeServices(files, variables);
}

function unknownPlaces(places: readonly Place[], roots: readonly string[]): Place[] {
  const known = new Set(roots);
  return places.filter(({ realPath }) => !known.has(realPath));
}
