import { z } from "zod";
import { filesOf, type Manifest, manifestSchema } from "./manifest.ts";
import { formatPart } from "./part.ts";

export type Reading =
  | { readonly status: "complete"; readonly manifest: Manifest }
  | { readonly status: "newer" }
  | { readonly status: "damaged"; readonly why: string };

const formatSchema = z.object({ format: z.int() });

export function renderManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifestSchema.parse(manifest), undefined, 2)}\n`;
}

/** What the manifest of a point says; whatever is in it, this throws nothing. */
export function readManifestText(
  text: string,
  isOfThisPoint: (manifest: Manifest) => boolean,
): Reading {
  const damaged = (why: string) => ({ status: "damaged", why }) as const;
  const content = parseJson(text);
  if (content === undefined) return damaged("its manifest is not JSON");
  const { data: { format } = {} } = formatSchema.safeParse(content);
  if (format !== undefined && format > 1) return { status: "newer" };
  const { data, error } = manifestSchema.safeParse(content);
  if (format !== 1 || data === undefined)
    return damaged(`its manifest is not valid${place(error)}`);
  const why = strangePoint(data, isOfThisPoint) ?? strangeFile(data) ?? namedTwice(data);
  return why === undefined ? { status: "complete", manifest: data } : damaged(why);
}

function place(error: z.ZodError | undefined): string {
  const issue = error?.issues[0];
  return issue === undefined ? "" : ` at ${issue.path.join(".")}: ${issue.message}`;
}

function strangePoint(
  manifest: Manifest,
  isOfThisPoint: (manifest: Manifest) => boolean,
): string | undefined {
  if (isOfThisPoint(manifest)) return undefined;
  return `its manifest is of ${manifest.unit} ${manifest.backupId} of host ${manifest.host}`;
}

/** A file of a point is named by one component: nothing outside its directory is ever read. */
function strangeFile(manifest: Manifest): string | undefined {
  const files = filesOf(manifest).map(({ file }) => file);
  const strange = files.find((file) => file === "." || file === ".." || /[/\0]/.test(file));
  return strange === undefined ? undefined : `its manifest names a file outside: ${strange}`;
}

/** Of two parts with one name only the first would ever be restored. */
function namedTwice(manifest: Manifest): string | undefined {
  const parts = manifest.parts.map(formatPart);
  const twice = parts.find((part, index) => parts.indexOf(part) !== index);
  return twice === undefined ? undefined : `its manifest names ${twice} twice`;
}

/** Undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
