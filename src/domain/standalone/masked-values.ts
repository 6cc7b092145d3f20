import type { Json } from "../recipe/redact.ts";
import { mask } from "../secret.ts";

type Path = readonly string[];

/** Of an environment the variable is named, of other lists only the place. */
function placeName(path: Path, text: string): string {
  const [first, second] = path;
  if (first === "Env") return `Env ${text.split("=")[0]}`;
  if (first === "Labels") return `label ${second}`;
  return path.join(".");
}

function walk(value: Json, path: Path): string[] {
  if (typeof value === "string") return value.includes(mask) ? [placeName(path, value)] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => walk(item, [...path, key]));
}

/** Places of a document, for people, whose values were taken out and are not known. */
export function maskedValues(document: Json): string[] {
  return [...new Set(walk(document, []))];
}
