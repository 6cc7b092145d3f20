import type { Coverage, Manifest } from "../../../domain/manifest.ts";
import { formatPart } from "../../../domain/part.ts";
import { recordedMember } from "../../../domain/recorded-member.ts";
import type { FoundPart } from "./contents.ts";
import { coverageManifestOf, coverageOf } from "./coverage-manifest.ts";
import { expectedOf, isStack } from "./expected.ts";
import { scopeOf, timesOf } from "./group-facts.ts";
import type { Group } from "./groups.ts";
import { type Inspected, inspectionsOf } from "./inspections.ts";
import { partsOf, type SmallParts } from "./parts.ts";
import { type ProjectFiles, projectFilesOf } from "./project-files.ts";
import { recordedVolumes } from "./recorded-volumes.ts";
import { shortcomingsOf } from "./shortcomings.ts";
import type { StoredFile } from "./stored-file.ts";
import { translatedNetworks, translatedRecipe } from "./translated.ts";

/** The small parts of a point as they were stored; absent where it has none that can be read. */
export type RawParts = SmallParts;

/** A point as Stackhold reads it. */
export interface ReadPoint {
  readonly manifest: Manifest;
  readonly parts: readonly FoundPart[];
}

function stackOf(project: ProjectFiles | undefined): Pick<Manifest, "stack"> {
  if (project === undefined) return {};
  const { workingDir, composeFiles, environmentFiles } = project;
  return {
    stack: {
      project: project.project,
      workingDir,
      composeFiles: [...composeFiles],
      environmentFiles: [...environmentFiles],
    },
  };
}

function coverage(
  recipe: readonly StoredFile[],
  project: ProjectFiles | undefined,
  parts: readonly FoundPart[],
): Coverage {
  const manifest = coverageManifestOf(recipe);
  const stored = parts.filter(({ content }) => content.form !== "lost");
  const lost = parts
    .filter((one) => !stored.includes(one))
    .map(({ part: { kind, source } }) => `${kind}:${source}`);
  const told = manifest === undefined ? undefined : coverageOf(manifest);
  const gaps = [
    ...(project?.lost ?? []).map(({ path, why }) => ({ what: `compose file ${path}`, why })),
    ...parts.flatMap(({ part, content, lacks }) =>
      [...lacks, ...(content.form === "lost" ? [content.why] : [])].map((why) => ({
        what: formatPart(part),
        why,
      })),
    ),
  ];
  return {
    protected:
      told?.protected.filter((what) => !lost.includes(what)) ??
      stored.map(({ part }) => formatPart(part)),
    excluded: told?.excluded ?? [],
    gaps: [...(told?.gaps ?? []), ...gaps.map((gap) => ({ ...gap, new: false }))],
  };
}

/** Of a stack that nothing describes nobody knows more than its name. */
function kindOf(inspected: readonly Inspected[]): Manifest["kind"] {
  return inspected.length === 0 || isStack(inspected) ? "stack" : "standalone";
}

/** What a point is made of, from what Kopi-Docka stored of it. */
export function readGroup(group: Group, raw: RawParts): ReadPoint {
  const recipe = raw.recipe ?? [];
  const inspected = inspectionsOf(recipe);
  const kind = kindOf(inspected);
  const project = projectFilesOf(recipe, inspected);
  const volumes = recordedVolumes(inspected, kind === "stack" ? (project?.files ?? []) : undefined);
  const shortcomings = shortcomingsOf(group, raw.recipe && expectedOf(raw.recipe));
  const small: SmallParts = {
    ...raw,
    ...(raw.recipe === undefined ? {} : { recipe: translatedRecipe(raw.recipe, volumes) }),
    ...(raw.networks === undefined
      ? {}
      : { networks: translatedNetworks(raw.networks, inspected) }),
  };
  const parts = partsOf(group, small, project, shortcomings);
  const { createdAt, finishedAt } = timesOf(group);
  const manifest: Manifest = {
    format: 1,
    unit: group.unit,
    kind,
    backupId: group.backupId,
    host: group.host,
    createdAt,
    finishedAt,
    frozenAt: createdAt,
    scope: scopeOf(group),
    quiesce: "stop",
    freeze: "none",
    downtimeMs: 0,
    readyMs: 0,
    engine: { name: group.host, version: "", apiVersion: "" },
    tools: {},
    ...stackOf(project),
    members: inspected.map(({ member }) => recordedMember(member)),
    volumes,
    parts: parts.map(({ part }) => part),
    coverage: coverage(recipe, project, parts),
    warnings: [],
  };
  return { manifest, parts };
}
