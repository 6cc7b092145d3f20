import type { Json } from "../../../domain/recipe/redact.ts";
import { mask } from "../../../domain/secret.ts";
import type { Member } from "../../../domain/unit.ts";
import { inspectionSchema, toMember } from "../../docker/container-inspection.ts";
import { fileAt, jsonOf, type StoredFile } from "./stored-file.ts";

/** What a recipe says of one container. */
export interface Inspected {
  readonly member: Member;
  readonly raw: Json;
}

const ending = "_inspect.json";
const redacted = "***REDACTED***";

export function isInspection({ path }: Pick<StoredFile, "path">): boolean {
  return path.endsWith(ending) && !path.includes("/");
}

function masked(value: Json): Json {
  if (typeof value === "string") return value.replaceAll(redacted, mask);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(masked);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item)]));
}

/**
 * `docker inspect` prints a list of one; a recipe of Stackhold has the one, with its own mark in the
 * place of secrets. Undefined for what is neither.
 */
export function inspectionIn(file: StoredFile): Json | undefined {
  const document = jsonOf(file);
  const [one] = Array.isArray(document) ? document : [document];
  return typeof one === "object" && one !== null ? masked(one) : undefined;
}

function inspected(file: StoredFile): Inspected[] {
  const raw = inspectionIn(file);
  const { data } = inspectionSchema.safeParse(raw);
  return raw === undefined || data === undefined
    ? []
    : [{ raw, member: toMember(data, undefined) }];
}

/**
 * Versions before 7.3 looked at containers that they had just stopped, and knew only such as ran:
 * where none ran, all did. Since a coverage manifest is written, stopped ones are stored too, and
 * what is said of them is so.
 */
function asTheyRan(found: readonly Inspected[], saysSo: boolean): Inspected[] {
  const isTold = saysSo || found.some(({ member }) => member.state === "running");
  if (isTold) return [...found];
  return found.map(({ member, raw }) => ({ raw, member: { ...member, state: "running" } }));
}

/** The containers of a recipe; a file that is not understood is no container. */
export function inspectionsOf(files: readonly StoredFile[]): Inspected[] {
  const found = files.filter(isInspection).flatMap(inspected);
  return asTheyRan(found, fileAt(files, "coverage-manifest.json") !== undefined);
}
