import { type BindPlace, bindPlace, type Looked } from "../../../domain/copy/bind-place.ts";
import { type CopiedProject, copiedProject } from "../../../domain/copy/copied-project.ts";
import { moved } from "../../../domain/copy/moves.ts";
import { projectEnvironment } from "../../../domain/copy/project-environment.ts";
import { projectText } from "../../../domain/copy/project-text.ts";
import {
  bindSources,
  parseResolved,
  type ResolvedProject,
} from "../../../domain/copy/resolved-project.ts";
import { followingTheirNames } from "../../../domain/image-pins.ts";
import type { Manifest } from "../../../domain/manifest.ts";
import type { ComposeProject } from "../../../ports/composer.ts";
import type { Deps } from "../../context.ts";
import type { CopyPlan } from "./plan-copy.ts";
import { taken } from "./refuse-taken.ts";

const fileName = "compose.stackhold.yaml";

export interface WrittenProject extends Omit<CopiedProject, "project"> {
  /** How to call Compose for the copy. */
  readonly compose: ComposeProject;
  /** By key, those that services use. */
  readonly volumes: NonNullable<ResolvedProject["volumes"]>;
  /** Names of networks that Compose does not make. */
  readonly externalNetworks: ReadonlySet<string>;
}

async function bindPlaces(resolved: ResolvedProject, { moves, placed }: CopyPlan, deps: Deps) {
  const sources = bindSources(resolved);
  const paths = sources.flatMap((source) => [source, moved(source, moves) ?? source]);
  const targets = placed.flatMap(({ target }) => target ?? []);
  const looked = new Map<string, Looked>();
  for (const path of [...paths, ...targets]) looked.set(path, await deps.capture.probe(path));
  const look = (path: string) => looked.get(path) ?? { type: "missing", realPath: path };
  const roots = targets.map((target) => look(target).realPath);
  return (source: string): BindPlace => bindPlace(source, moves, roots, look);
}

/** A volume of that name that Compose did not make for the project, it would take for its own. */
async function refuseForeign(project: ResolvedProject, name: string, deps: Deps): Promise<void> {
  const volumes = Object.keys(project.volumes ?? {}).map((key) => `${name}_${key}`);
  const networks = Object.entries(project.networks ?? {})
    .filter(([, network]) => network?.external !== true)
    .map(([key]) => `${name}_${key}`);
  const present = {
    volumes: new Set((await deps.engine.volumes()).map((volume) => volume.name)),
    networks: new Set((await deps.engine.networks()).map((network) => network.name)),
  };
  const what = [
    ...volumes.filter((one) => present.volumes.has(one)).map((one) => `the volume ${one}`),
    ...networks.filter((one) => present.networks.has(one)).map((one) => `the network ${one}`),
  ];
  if (what.length > 0) throw taken(name, what);
}

/**
 * Resolves the stored files where they are now and writes the copy's own beside them, with the
 * variables that make Compose use it.
 */
export async function writeProject(
  plan: CopyPlan,
  manifest: Manifest,
  deps: Deps,
): Promise<WrittenProject> {
  const { name, project: stored, moves } = plan;
  const { json, unset } = await deps.composer.resolve(stored);
  const resolved = parseResolved(json);
  const copy = copiedProject(resolved, {
    name,
    manifest,
    images: new Map(
      followingTheirNames(plan.pins, resolved).map(({ service, reference }) => [
        service,
        reference,
      ]),
    ),
    bindPlace: await bindPlaces(resolved, plan, deps),
    filePlace: (path) => moved(path, moves) ?? path,
  });
  await refuseForeign(copy.project, name, deps);
  const file = `${stored.workingDir}/${fileName}`;
  const heading = [
    `A copy of ${manifest.unit} as of ${manifest.backupId}, made by stackhold restore.`,
    "The files beside it are the original's. It may hold secrets.",
  ];
  await deps.capture.write(file, projectText(copy.project, heading));
  const environment = `${stored.workingDir}/.env`;
  const text = (await deps.stackFiles.read(environment)) ?? "";
  await deps.capture.write(environment, projectEnvironment(text, name, fileName));
  const { notes, warnings } = copy;
  const { workingDir } = stored;
  const compose = { project: name, workingDir, files: [file], environmentFiles: [] };
  const blanks = unset.map((variable) => `the variable ${variable} is not set and is empty`);
  const volumes = copy.project.volumes ?? {};
  const externalNetworks = new Set(
    Object.entries(copy.project.networks ?? {}).flatMap(([key, network]) =>
      network?.external === true ? [network.name ?? key] : [],
    ),
  );
  return { notes: [...blanks, ...notes], warnings, compose, volumes, externalNetworks };
}
