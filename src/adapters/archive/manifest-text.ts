import { z } from "zod";
import { type Manifest, manifestSchema, storedPartSchema } from "../../domain/manifest.ts";
import type { PointRef } from "../../ports/repository.ts";
import { directoryName } from "./names.ts";
import { parseJson } from "./repository-file.ts";

/** What a list needs: a third of the time of the whole manifest, which `read` checks. */
const outlineSchema = manifestSchema
  .pick({
    unit: true,
    host: true,
    backupId: true,
    kind: true,
    scope: true,
    createdAt: true,
    warnings: true,
  })
  .extend({
    parts: z.array(
      storedPartSchema.pick({ bytes: true, storedBytes: true }).extend({
        archives: z.array(z.object({ file: z.string() })),
      }),
    ),
  });

export type ManifestOutline = z.infer<typeof outlineSchema>;

export type Reading<T> =
  | { readonly status: "complete"; readonly manifest: T }
  | { readonly status: "newer" }
  | { readonly status: "damaged"; readonly why: string };

const formatSchema = z.object({ format: z.int() });

export function renderManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifestSchema.parse(manifest), undefined, 2)}\n`;
}

/** What a manifest found at a point's place says; whatever is in it, these throw nothing. */
export function readManifestText(text: string, ref: PointRef): Reading<Manifest> {
  return readText(text, ref, manifestSchema);
}

export function readOutlineText(text: string, ref: PointRef): Reading<ManifestOutline> {
  return readText(text, ref, outlineSchema);
}

function readText<T extends ManifestOutline>(
  text: string,
  ref: PointRef,
  schema: z.ZodType<T>,
): Reading<T> {
  const damaged = (why: string) => ({ status: "damaged", why }) as const;
  const content = parseJson(text);
  if (content === undefined) return damaged("its manifest is not JSON");
  const { data: { format } = {} } = formatSchema.safeParse(content);
  if (format !== undefined && format > 1) return { status: "newer" };
  const { data, error } = schema.safeParse(content);
  if (format !== 1 || data === undefined)
    return damaged(`its manifest is not valid${place(error)}`);
  const why = strangePlace(data, ref) ?? strangeFile(data);
  return why === undefined ? { status: "complete", manifest: data } : damaged(why);
}

function place(error: z.ZodError | undefined): string {
  const issue = error?.issues[0];
  return issue === undefined ? "" : ` at ${issue.path.join(".")}: ${issue.message}`;
}

function strangePlace(manifest: ManifestOutline, ref: PointRef): string | undefined {
  const isHere =
    directoryName(manifest.host) === directoryName(ref.host) &&
    directoryName(manifest.unit) === directoryName(ref.unit) &&
    manifest.backupId === ref.backupId;
  if (isHere) return undefined;
  return `its manifest is of ${manifest.unit} ${manifest.backupId} of host ${manifest.host}`;
}

/** A file of a point is named by one component: nothing outside its directory is ever read. */
function strangeFile(manifest: ManifestOutline): string | undefined {
  const files = manifest.parts.flatMap((part) => part.archives.map((archive) => archive.file));
  const strange = files.find((file) => file === "." || file === ".." || /[/\0]/.test(file));
  return strange === undefined ? undefined : `its manifest names a file outside: ${strange}`;
}
