import { type FileDifference, fileDifference } from "../../domain/project-files/file-difference.ts";
import type { RestoreResult } from "../../domain/results.ts";
import { isErrorCode } from "../../errors.ts";
import type { Context, Deps } from "../context.ts";
import type { InPlacePlan } from "./in-place.ts";
import type { LocatedPoint } from "./locate-point.ts";
import { notInPoint } from "./not-in-point.ts";
import { judge, projectEntries } from "./project-entries.ts";
import { dataInside } from "./replaced-paths.ts";
import type { RestoreInput } from "./restore-input.ts";

export type ProjectFiles = NonNullable<RestoreResult["projectFiles"]>;

/** Beyond that it takes too long to read the archive only to look. */
const largestPart = 1 << 30;
const mostEntries = 20_000;
/** Of files that differ the first are shown, the others named. */
const mostShown = 20;

/** Undefined for what is no small regular file any more. */
async function contentNow(file: string, { stackFiles }: Deps): Promise<Uint8Array | undefined> {
  try {
    return await stackFiles.readBytes(file);
  } catch (error) {
    if (isErrorCode(error, "SOURCE_UNREADABLE")) return undefined;
    throw error;
  }
}

/**
 * How the project files that are there differ from the point's, before anything is unpacked. Undefined
 * where the directory is not there, or not restored as a whole.
 */
export async function compareProject(
  point: LocatedPoint,
  { placed, occupied }: Pick<InPlacePlan, "placed" | "occupied">,
  { withProject }: Pick<RestoreInput, "withProject">,
  deps: Deps,
  context: Context,
): Promise<ProjectFiles | undefined> {
  const { reader } = point;
  const found = placed.find(({ part, only }) => part.kind === "project" && only === undefined);
  const { part, target } = found ?? {};
  if (part === undefined || target === undefined || !occupied.has(target)) return undefined;
  const action = withProject ? "replaced" : "kept";
  if (part.bytes > largestPart || part.files > mostEntries) {
    return { action, differing: [], missing: [], notCompared: part.files };
  }
  const apart = [
    ...dataInside(reader.manifest, target),
    ...placed.flatMap((one) => (one === found || one.target === undefined ? [] : [one.target])),
  ];
  const { entries, unnamed } = await projectEntries(reader, { part, target }, apart, context);
  const judged = await judge(entries, target, deps);
  const replacesAll = withProject && part.partial !== true;
  const gone = replacesAll ? await notInPoint(entries, target, apart, deps) : undefined;
  const paths = new Map(judged.comparable.map(({ entry, path }) => [entry.name, path]));
  const differing: FileDifference[] = judged.otherwise.map((path) => ({
    path,
    why: "it is something else now",
  }));
  await reader.pourFiles(
    part,
    new Set(paths.keys()),
    async (name, then) => {
      const path = paths.get(name) ?? "";
      const now = await contentNow(`${judged.root}/${path}`, deps);
      if (now === undefined || Buffer.compare(now, then) === 0) return;
      const isShown = differing.filter((one) => "diff" in one).length < mostShown;
      differing.push(
        isShown ? fileDifference(path, now, then) : { path, why: "enough others are shown" },
      );
    },
    context,
  );
  return {
    action,
    differing: differing
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
      .map((one) => ("diff" in one ? { ...one, diff: [...one.diff] } : one)),
    missing: judged.missing,
    ...(gone === undefined ? {} : { notInPoint: gone }),
    notCompared: judged.tooLarge + unnamed,
  };
}
