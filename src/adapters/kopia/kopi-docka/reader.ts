import { findPart } from "../../../domain/find-part.ts";
import { formatPart, type PartId, type PartKind } from "../../../domain/part.ts";
import { StackholdError } from "../../../errors.ts";
import type { PointReader } from "../../../ports/repository.ts";
import { asArchive } from "./archive-stream.ts";
import type { Content, FoundPart } from "./contents.ts";
import type { KopiDockaDeps } from "./deps.ts";
import { type Group, partOfKind } from "./groups.ts";
import { handOut } from "./hand-out.ts";
import { lossesOf } from "./losses.ts";
import type { ReadPoint } from "./manifest.ts";
import { extractTree, fetchFromTree, listTree, pourFilesOfTree, pourTree } from "./tree-content.ts";
import { verifyParts } from "./verify.ts";

type Held = Extract<Content, { form: "tree" | "stream" }>;

function find({ manifest, parts }: ReadPoint, id: PartId): FoundPart {
  const { kind, name } = findPart(manifest, id);
  const found = parts.find(({ part }) => part.kind === kind && part.name === name);
  if (found !== undefined) return found;
  throw new StackholdError("INTERNAL", `${formatPart(id)} has no content`);
}

function held({ manifest }: ReadPoint, { part, content }: FoundPart): Held {
  if (content.form !== "lost") return content;
  const { unit, backupId } = manifest;
  throw new StackholdError(
    "POINT_DAMAGED",
    `${formatPart(part)} of the point ${backupId} of ${unit} cannot be restored: ${content.why}`,
    { hint: "restore another point, or other parts of this one with --part" },
  );
}

/** The small files of a project directory come from the recipe. */
function snapshotsOf(group: Group): (found: FoundPart) => readonly string[] {
  const ofKind = (kind: PartKind) => partOfKind(group, kind)?.snapshot.id ?? [];
  return ({ part, content }) => {
    if (content.form === "lost") return [];
    if (content.form === "stream") return [content.snapshot.id];
    const { files, trees } = content;
    const small = files.length === 0 ? [] : ofKind(part.kind === "project" ? "recipe" : part.kind);
    return [...trees.map(({ snapshot }) => snapshot.id), small].flat();
  };
}

function noImages(): never {
  throw new StackholdError("POINT_DAMAGED", "Kopi-Docka keeps no images with its points");
}

/** A point of Kopi-Docka as any other is read. Nothing of it is ever changed. */
export function createReader(point: ReadPoint, group: Group, deps: KopiDockaDeps): PointReader {
  const { capture } = deps;
  const ofPoint = snapshotsOf(group);
  const open = (id: PartId) => held(point, find(point, id));
  return {
    manifest: point.manifest,
    verify: ({ deep, parts }, activity) => {
      const wanted = parts?.map((id) => find(point, id)) ?? point.parts;
      const options = { deep, isWhole: parts === undefined };
      return verifyParts(wanted, ofPoint, options, deps, activity);
    },
    extract: async (id, directory, activity) => {
      const content = open(id);
      for (const loss of lossesOf(find(point, id), point.manifest)) activity.onWarning?.(loss);
      if (content.form === "tree") return extractTree(content, directory, deps, activity);
      const unpack = (hot: string) => capture.extract({ hot }, directory, activity);
      return asArchive(content.snapshot, deps, activity, unpack);
    },
    list: async (id, wanted, onEntries, activity) => {
      const content = open(id);
      if (content.form === "tree") return listTree(content, wanted, onEntries, deps, activity);
      const read = (hot: string) => capture.contents({ hot }, wanted, onEntries, activity);
      return asArchive(content.snapshot, deps, activity, read);
    },
    fetch: async (id, path, directory, activity) => {
      const content = open(id);
      if (content.form === "tree") return fetchFromTree(content, path, directory, deps, activity);
      const pick = (hot: string) => capture.pick({ hot }, path, directory, activity);
      return asArchive(content.snapshot, deps, activity, pick);
    },
    pour: async (id, path, onBytes, activity) => {
      const content = open(id);
      if (content.form === "tree") return pourTree(content, path, onBytes, deps, activity);
      const pour = (hot: string) => capture.pour({ hot }, path, onBytes, activity);
      return asArchive(content.snapshot, deps, activity, pour);
    },
    pourFiles: async (id, names, onFile, activity) => {
      const content = open(id);
      if (content.form === "tree") return pourFilesOfTree(content, names, onFile, deps, activity);
      const pour = (hot: string) => capture.pourFiles({ hot }, names, onFile, activity);
      return asArchive(content.snapshot, deps, activity, pour);
    },
    handOut: async (id, directory, activity) =>
      handOut(find(point, id), open(id), directory, deps, activity),
    handOutImage: async () => noImages(),
    readImage: () => noImages(),
  };
}
