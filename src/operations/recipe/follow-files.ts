import { resolvePath } from "../../domain/discovery/host-path.ts";
import {
  type BuildContext,
  composeReferences,
  type FileReference,
} from "../../domain/recipe/compose-references.ts";
import type { Unprotected } from "../../domain/sources/candidates.ts";
import type { Unit } from "../../domain/unit.ts";
import { isErrorCode, messageOf } from "../../errors.ts";
import type { StackFiles } from "../../ports/stack-files.ts";
import { readVariables } from "../discover/compose-files.ts";

interface Wanted extends FileReference {
  /** Variables of the project that includes it. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface FollowedFile {
  readonly role: FileReference["role"];
  readonly bytes: Uint8Array;
}

/** What a stack's compose files lead to. */
export interface Followed {
  readonly files: ReadonlyMap<string, FollowedFile>;
  /** Named, not there, and not needed. */
  readonly absent: ReadonlySet<string>;
  readonly gaps: ReadonlyMap<string, Unprotected>;
  readonly builds: readonly BuildContext[];
  readonly remote: readonly string[];
  /** See `ComposeReferences`. */
  readonly isCertain: boolean;
}

interface Found extends Followed {
  readonly files: Map<string, FollowedFile>;
  readonly absent: Set<string>;
  readonly gaps: Map<string, Unprotected>;
  readonly builds: BuildContext[];
  readonly remote: string[];
  isCertain: boolean;
}

/** What the stack's own labels or directory name; without `--env-file` Compose reads `.env`. */
async function firstOnes(unit: Unit, workingDir: string, stackFiles: StackFiles) {
  const { composeFiles, environmentFiles } = unit;
  const ignored = () => {};
  const variables = await readVariables(environmentFiles, workingDir, stackFiles, ignored);
  const usual = resolvePath(workingDir, ".env");
  const environment =
    environmentFiles.length > 0
      ? environmentFiles.map((path) => ({ path, optional: false }))
      : [{ path: usual, optional: true }];
  return [
    ...composeFiles.map(
      (path): Wanted => ({ role: "compose", path, optional: false, base: workingDir, variables }),
    ),
    ...environment.map((one): Wanted => ({ role: "environment", ...one, variables })),
  ];
}

async function readOne({ path, optional }: Wanted, found: Found, stackFiles: StackFiles) {
  const gap = (why: string) => void found.gaps.set(path, { what: `file:${path}`, why });
  try {
    const bytes = await stackFiles.readBytes(path);
    if (bytes === undefined && optional) found.absent.add(path);
    if (bytes === undefined && !optional) gap("the stack names it, and it does not exist");
    return bytes;
  } catch (error) {
    if (!isErrorCode(error, "SOURCE_UNREADABLE")) throw error;
    gap(messageOf(error));
    return undefined;
  }
}

/** Everything that the stack's compose files lead to, each file once. */
export async function followFiles(
  unit: Unit,
  workingDir: string,
  stackFiles: StackFiles,
): Promise<Followed> {
  const found: Found = {
    ...{ files: new Map(), absent: new Set(), gaps: new Map(), builds: [], remote: [] },
    isCertain: true,
  };
  const present = new Set(unit.containers.map((c) => c.labels["com.docker.compose.service"]));
  const seen = new Set<string>();
  const queue = await firstOnes(unit, workingDir, stackFiles);
  for (let wanted = queue.shift(); wanted !== undefined; wanted = queue.shift()) {
    const { path, role, base, service, variables } = wanted;
    const key = JSON.stringify([path, role, base, service]);
    if (seen.has(key)) continue;
    seen.add(key);
    const bytes = found.files.get(path)?.bytes ?? (await readOne(wanted, found, stackFiles));
    if (bytes === undefined) continue;
    found.files.set(path, found.files.get(path) ?? { role, bytes });
    if (role !== "compose" || base === undefined) continue;
    const runs = (name: string) => present.has(name);
    const context = { base, variables, runs, ...(service === undefined ? {} : { service }) };
    try {
      const references = composeReferences(Buffer.from(bytes).toString("utf8"), context);
      found.builds.push(...references.builds);
      found.remote.push(...references.remote);
      found.isCertain &&= references.isCertain;
      for (const file of references.files) {
        queue.push({ ...file, variables: await variablesFor(file, variables, stackFiles) });
      }
    } catch {
      found.gaps.set(path, {
        what: `file:${path}`,
        why: "it is no YAML: what it names is not known",
      });
    }
  }
  return found;
}

/** An included project has an `.env` of its own beside the variables of who includes it. */
async function variablesFor(
  { role, base, service }: FileReference,
  outer: Readonly<Record<string, string>>,
  stackFiles: StackFiles,
): Promise<Readonly<Record<string, string>>> {
  if (role !== "compose" || base === undefined || service !== undefined) return outer;
  return { ...(await readVariables([], base, stackFiles, () => {})), ...outer };
}
