import { compareText } from "../../domain/compare-text.ts";
import type { UnitPolicy } from "../../domain/policy.ts";
import type {
  Findings,
  GatheredDocument,
  GatheredFile,
  GatheredPart,
} from "../../domain/recipe/gathered.ts";
import { type ImageToSave, imageName } from "../../domain/recipe/images.ts";
import { injectedFiles } from "../../domain/recipe/injected-files.ts";
import { knownSecrets, withoutKnown } from "../../domain/recipe/known-secrets.ts";
import type { Json } from "../../domain/recipe/redact.ts";
import { redactText } from "../../domain/recipe/redact-text.ts";
import { jsonText, renderRedacted } from "../../domain/recipe/render.ts";
import type { Exclusion, Unprotected } from "../../domain/sources/candidates.ts";
import type { SourcePlan } from "../../domain/sources/plan-sources.ts";
import type { Member, Unit, Volume } from "../../domain/unit.ts";
import { isErrorCode, messageOf, StackholdError } from "../../errors.ts";
import type { Deps } from "../context.ts";
import { answerSources } from "./answer-sources.ts";
import { composeFiles } from "./compose-files.ts";
import { resolvedConfiguration, resolvedPath } from "./configuration.ts";
import { images, inspections, inspectRawAll, networks, volumes } from "./engine-documents.ts";
import { engineFiles } from "./engine-files.ts";
import { followFiles } from "./follow-files.ts";
import { otherContainers } from "./other-containers.ts";
import { writableLayers } from "./writable-layers.ts";

/** What is stored of a unit besides its data. */
export interface Gathered {
  readonly parts: readonly GatheredPart[];
  readonly excluded: readonly Exclusion[];
  readonly gaps: readonly Unprotected[];
  /** To be kept with the point. */
  readonly images: readonly ImageToSave[];
}

/** A plan of sources with what is stored besides them. */
export function withGathered(
  plan: SourcePlan,
  { parts, excluded, gaps, images }: Gathered,
): SourcePlan {
  const names = images.flatMap(({ references }) => references.map(imageName));
  return {
    ...plan,
    protected: [...plan.protected, ...parts.map(({ kind }) => kind), ...new Set(names)],
    excluded: [...plan.excluded, ...excluded],
    gaps: [...plan.gaps, ...gaps],
  };
}

export interface GatherInput {
  readonly unit: Unit;
  readonly members: readonly Member[];
  readonly volumes: readonly Volume[];
  readonly policy: Pick<UnitPolicy, "scope" | "secrets" | "images" | "includeData" | "containers">;
}

/** Files and configuration of a stack; nothing where nobody can tell which files they are. */
async function ofStack({ unit, members, policy }: GatherInput, deps: Deps): Promise<Findings[]> {
  if (unit.kind !== "stack" || unit.mayBe !== undefined) return [];
  if (unit.composeFiles.length === 0) {
    const why = "nothing says of which compose files the stack was made";
    return [{ gaps: [{ what: "configuration", why }] }];
  }
  const { workingDir } = unit;
  if (workingDir === undefined) return [];
  const follow = () => followFiles(unit, workingDir, deps.stackFiles);
  const followed = await follow();
  const sources = answerSources(followed, follow);
  return [
    composeFiles(unit, workingDir, policy.secrets, followed),
    await orGap("configuration", () => resolvedConfiguration(unit, members, sources, deps)),
  ];
}

/** What cannot be found out is a gap. Others' messages may quote a file. */
async function orGap(what: string, look: () => Promise<Findings>): Promise<Findings> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof StackholdError) || isErrorCode(error, "CANCELLED")) throw error;
    return { gaps: [{ what, why: redactText(messageOf(error)) }] };
  }
}

const noFindings: Findings = {};
const documentsOf = (all: readonly Findings[]) => all.flatMap(({ documents = [] }) => documents);
const filesOf = (all: readonly Findings[]) => all.flatMap(({ files = [] }) => files);

/** Networks are a part of their own, and what is taken out of them is kept with the rest. */
function partsOf(
  unit: string,
  recipe: readonly GatheredFile[],
  documents: readonly GatheredDocument[],
  engine: readonly GatheredFile[],
  secrets: UnitPolicy["secrets"],
): GatheredPart[] {
  const rendered = renderRedacted(documents);
  const isNetwork = ({ path }: GatheredFile) => path === "networks.json";
  const taken: GatheredFile[] =
    secrets === "keep" ? [{ path: "secrets.json", content: jsonText(rendered.secrets) }] : [];
  const files = [...recipe, ...rendered.files.filter((file) => !isNetwork(file)), ...taken];
  const parts: GatheredPart[] = [
    { kind: "recipe", source: unit, files },
    { kind: "networks", source: unit, files: rendered.files.filter(isNetwork) },
    { kind: "engine", source: "/etc/docker", files: engine },
  ];
  return parts.filter((part) => part.files.length > 0);
}

function resolvedIn(findings: readonly Findings[]): Json {
  const found = documentsOf(findings).find(({ path }) => path === resolvedPath);
  return found?.document ?? null;
}

/** Looks at everything that a unit is made of besides its data. Changes nothing. */
export async function gather(input: GatherInput, deps: Deps): Promise<Gathered> {
  const { unit, policy } = input;
  const members = input.members.toSorted((a, b) => compareText(a.name, b.name));
  const { engine, stackFiles } = deps;
  let found: Promise<Findings[]> | undefined;
  const stack = () => (found ??= ofStack({ ...input, members }, deps));
  const injected = async () => injectedFiles(resolvedIn(await stack()));
  if (policy.scope === "minimal") {
    const layers = await writableLayers(members, policy, injected, engine);
    return { parts: [], excluded: [], gaps: [], images: [], ...layers };
  }
  const ofContainers = async (): Promise<Findings[]> => {
    const inspected = await inspectRawAll(members, engine);
    const inspection = { documents: inspections(inspected) };
    const others =
      unit.kind === "standalone"
        ? await orGap("containers", () => otherContainers(inspected, engine))
        : noFindings;
    return [inspection, others, await orGap("networks", () => networks(inspected, engine))];
  };
  const [files, imageFindings, ofEngine, containers, ofLayers] = await Promise.all([
    stack(),
    orGap("images", () => images(members, policy.images, engine)),
    policy.scope === "full"
      ? orGap("engine", () => engineFiles(policy.secrets, stackFiles))
      : noFindings,
    ofContainers(),
    writableLayers(members, policy, injected, engine),
  ]);
  const all = [...files, imageFindings, ...containers];
  const documents = [...documentsOf(all), volumes(input.volumes)];
  // What Compose says of a file may quote what its containers hold.
  const known = knownSecrets(documents);
  const quoted = (gap: Unprotected) =>
    gap.what === "configuration" ? { ...gap, why: withoutKnown(gap.why, known) } : gap;
  const redacted = { what: "secrets of the recipe", rule: "secrets: redact" };
  return {
    parts: partsOf(unit.name, filesOf(all), documents, filesOf([ofEngine]), policy.secrets),
    excluded: [
      ...[...all, ofEngine, ofLayers].flatMap(({ excluded = [] }) => excluded),
      ...(policy.secrets === "redact" ? [redacted] : []),
    ],
    gaps: [...all, ofEngine, ofLayers].flatMap(({ gaps = [] }) => gaps.map(quoted)),
    images: imageFindings.images ?? [],
  };
}
