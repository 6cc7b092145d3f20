import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ArchiveFile } from "../../../domain/manifest.ts";
import type { ArchiveTarget } from "../../../ports/capture.ts";
import type { KeptTarget } from "../../../ports/two-phase.ts";
import { hashFile } from "../../byte-streams/hash-file.ts";

/** What stands beside a part's tree, as docs/format.md has it. Kopia compresses, so that nothing else need. */
const files = [
  ["hot.tar", "hot"],
  ["rest.tar", "rest"],
  ["strange", "strange"],
  ["links", "links"],
  ["attributes", "attributes"],
  ["deleted", "deleted"],
  ["delta.tar", "delta"],
  ["listing", "listing"],
] as const satisfies readonly (readonly [string, ArchiveFile["role"]])[];

type Name = (typeof files)[number][0];

/** Where what stands beside one part is gathered. */
export interface SidecarPlace {
  /** Host path. */
  readonly path: string;
  /** Among those of the point. */
  readonly name: string;
}

/** Of a point that is being written: a directory for each part. */
export function sidecarsDirectory(point: string): string {
  return join(point, "sidecars");
}

/** Leaves those that are named: others are of parts that could not be stored. */
export async function keepSidecars(directory: string, names: readonly string[]): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    if (!names.includes(name)) await rm(join(directory, name), { recursive: true, force: true });
  }
}

/** What each of these takes of so much together, by its size; all of it is somebody's. */
export function shares(total: number, sizes: readonly number[]): number[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  let [size, before] = [0, 0];
  return sizes.map((each) => {
    size += each;
    const upTo = all === 0 ? 0 : Math.round((total * size) / all);
    const own = upTo - before;
    before = upTo;
    return own;
  });
}

/** In the directory of a part. */
export function plain(directory: string, name: Name): ArchiveTarget {
  return { file: join(directory, name), compression: "none", level: 1 };
}

export function keptTarget(directory: string, remember: string): KeptTarget {
  return {
    rest: plain(directory, "rest.tar"),
    strange: join(directory, "strange"),
    links: join(directory, "links"),
    attributes: join(directory, "attributes"),
    remember,
  };
}

/** Those that were written, in the order in which they are applied. */
export async function describeSidecar(
  directory: string,
  signal: AbortSignal,
): Promise<ArchiveFile[]> {
  const found: ArchiveFile[] = [];
  for (const [file, role] of files) {
    const path = join(directory, file);
    if (!(await isThere(path))) continue;
    found.push({ file, role, compression: "none", ...(await hashFile(path, signal)) });
  }
  return found;
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
