import type { RecordedVolume } from "../../../domain/manifest.ts";
import { type Inspected as Joined, networkDocument } from "../../../domain/recipe/networks.ts";
import { jsonText } from "../../../domain/recipe/render.ts";
import { type Inspected, inspectionIn, isInspection } from "./inspections.ts";
import { jsonOf, type StoredFile } from "./stored-file.ts";

const written = (document: unknown) => Buffer.from(jsonText(document), "utf8");

/** A recipe in the form that docs/format.md gives it, with whatever else Kopi-Docka put there. */
export function translatedRecipe(
  files: readonly StoredFile[],
  volumes: readonly RecordedVolume[],
): StoredFile[] {
  const translated = files.map((file) => {
    const inspection = isInspection(file) ? inspectionIn(file) : undefined;
    return inspection === undefined ? file : { ...file, content: written(inspection) };
  });
  const mtime = Math.max(0, ...files.map((file) => file.mtime));
  const own = { path: "volumes.json", content: written(volumes), mode: 0o600, mtime };
  return [...translated.filter(({ path }) => path !== own.path), own];
}

/** Networks with the unit's containers in them, which their inspections tell. */
export function translatedNetworks(
  files: readonly StoredFile[],
  inspected: readonly Inspected[],
): StoredFile[] {
  const joined = inspected.map(
    ({ member: { id, name, service }, raw }): Joined => ({ id, name, service, raw }),
  );
  return files.map((file) => {
    const networks = file.path === "networks.json" ? jsonOf(file) : undefined;
    if (!Array.isArray(networks)) return file;
    const document = networks.map((network) => networkDocument(network, joined));
    return { ...file, content: written(document) };
  });
}
