import { chooseParts, idsOf } from "../../domain/choose-parts.ts";
import type { StoredPart } from "../../domain/manifest.ts";
import { formatPart, type PartId, type PartPattern } from "../../domain/part.ts";
import { printableName, searchPath } from "../../domain/part-path.ts";
import { StackholdError } from "../../errors.ts";
import type { Activity } from "../../ports/capture.ts";
import type { Deps } from "../context.ts";
import { type LocatedPoint, locatePoint } from "../restore/locate-point.ts";

export interface PointChoice {
  readonly unit: string;
  /** `latest`, a backup id or a time. */
  readonly at: string;
  readonly repository?: string;
  readonly host?: string;
}

export interface FilesQuery extends PointChoice {
  readonly part: PartPattern;
  /** Below the part's root, latin1 bytes. */
  readonly path: string;
}

export interface OpenPart {
  readonly point: LocatedPoint;
  /** As it was asked for. */
  readonly id: PartId;
  /** What holds it. */
  readonly part: StoredPart;
  /** Where the root of what was asked for is in it; empty, or a path. */
  readonly base: string;
  /** The path in it. */
  readonly path: string;
}

/** Finds the point and the one part that is meant. */
export async function openPart(query: FilesQuery, deps: Deps): Promise<OpenPart> {
  const point = await locatePoint(query, deps);
  const [chosen, ...more] = chooseParts(point.reader.manifest, [query.part]);
  const [id, ...others] = [chosen, ...more].flatMap((one) => (one ? idsOf(one) : []));
  if (chosen === undefined || id === undefined || others.length > 0) {
    const names = [id, ...others].flatMap((one) => (one ? [formatPart(one)] : []));
    throw new StackholdError("USAGE", `"${query.part.kind}" means several parts`, {
      hint: `name one of ${names.join(", ")}`,
    });
  }
  const base = Buffer.from(chosen.only?.[0]?.path ?? "", "utf8").toString("latin1");
  const path = [base, query.path].filter((step) => step !== "").join("/");
  return { point, id, part: chosen.part, base, path };
}

export function withoutBase(name: string, { base }: OpenPart): string {
  return base === "" ? name : name.slice(base.length + 1);
}

export function unknownPath(open: OpenPart, suggestion: string | undefined): StackholdError {
  const shown = printableName(withoutBase(open.path, open));
  const { backupId } = open.point.reader.manifest;
  const near = suggestion === undefined ? "" : printableName(withoutBase(suggestion, open));
  return new StackholdError(
    "UNKNOWN_PATH",
    `${formatPart(open.id)} of the point ${backupId} has no "${shown}"${near === "" ? "" : `: did you mean "${near}"?`}`,
    { hint: "`stackhold files ls` shows what is there" },
  );
}

/** UNKNOWN_PATH with the path that was probably meant. */
export async function missingPath(open: OpenPart, activity: Activity): Promise<StackholdError> {
  const search = searchPath(open.path);
  const look = (name: string): boolean => {
    search.see(name);
    return false;
  };
  await open.point.reader.list(open.part, look, () => {}, activity);
  return unknownPath(open, search.suggestion());
}
