import { z } from "zod";
import type { Coverage } from "../../../domain/manifest.ts";
import { fileAt, jsonOf, type StoredFile } from "./stored-file.ts";

/** `coverage-manifest.json`, which later versions put into the recipe. */
const schema = z.object({
  dependencies: z.array(
    z.object({
      kind: z.string(),
      identifier: z.string(),
      status: z.string(),
      detail: z.string().default(""),
    }),
  ),
});

export type CoverageManifest = z.infer<typeof schema>;
type Dependency = CoverageManifest["dependencies"][number];

/** Undefined where the recipe has none that is understood. */
export function coverageManifestOf(files: readonly StoredFile[]): CoverageManifest | undefined {
  const file = fileAt(files, "coverage-manifest.json");
  return file === undefined ? undefined : schema.safeParse(jsonOf(file)).data;
}

const nameOf = ({ kind, identifier }: Dependency) => `${kind}:${identifier}`;

function withStatus({ dependencies }: CoverageManifest, ...statuses: readonly string[]) {
  return dependencies.filter(({ status }) => statuses.includes(status));
}

/** What was stored by its own words, as host paths or names. */
export function storedOf(manifest: CoverageManifest, kind: string): string[] {
  const stored = withStatus(manifest, "backed_up").filter((one) => one.kind === kind);
  return stored.map(({ identifier }) => identifier);
}

export function coverageOf(manifest: CoverageManifest): Coverage {
  return {
    protected: withStatus(manifest, "backed_up").map(nameOf),
    excluded: withStatus(manifest, "skipped_runtime").map((one) => ({
      what: nameOf(one),
      rule: one.detail || "no data",
    })),
    gaps: withStatus(manifest, "not_protected", "not_supported").map((one) => ({
      what: nameOf(one),
      why: one.detail || "Kopi-Docka did not store it",
      new: false,
    })),
  };
}
