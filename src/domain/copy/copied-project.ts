import type { Manifest } from "../manifest.ts";
import type { BindPlace } from "./bind-place.ts";
import { copiedNetwork } from "./copied-network.ts";
import { copiedService } from "./copied-service.ts";
import { copiedVolume } from "./copied-volume.ts";
import type { Remarks } from "./remarks.ts";
import type { ResolvedProject } from "./resolved-project.ts";

export interface CopyContext {
  /** The new project. */
  readonly name: string;
  readonly manifest: Manifest;
  /** By service, instead of names that mean other images by now. */
  readonly images?: ReadonlyMap<string, string>;
  readonly bindPlace: (source: string) => BindPlace;
  /** Where a file of the original's is in the copy; itself where the point has it not. */
  readonly filePlace: (path: string) => string;
}

export interface CopiedProject {
  readonly project: ResolvedProject;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

function mapEntries<T, R>(
  entries: Readonly<Record<string, T>> | null | undefined,
  map: (key: string, value: T) => R,
): Record<string, R> | undefined {
  if (!entries) return undefined;
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, map(key, value)]));
}

/** The project that runs beside its original without touching anything of it. */
export function copiedProject(resolved: ResolvedProject, context: CopyContext): CopiedProject {
  const { name, manifest } = context;
  const notes = new Set<string>();
  const warnings = new Set<string>();
  const remarks: Remarks = {
    note: (text) => void notes.add(text),
    warn: (text) => void warnings.add(text),
  };
  const { members, volumes: recorded, parts } = manifest;
  const services = mapEntries(resolved.services, (key, service) =>
    copiedService(key, service, {
      members,
      bindPlace: context.bindPlace,
      remarks,
      image: context.images?.get(key),
    }),
  );
  const volumes = mapEntries(resolved.volumes, (key, volume) =>
    copiedVolume(key, volume, { recorded, parts, remarks }),
  );
  const networks = mapEntries(resolved.networks, (key, network) =>
    copiedNetwork(key, network, remarks),
  );
  const moveFile = <T extends { file?: string | undefined }>(_: string, one: T): T =>
    one.file === undefined ? one : { ...one, file: context.filePlace(one.file) };
  const secrets = mapEntries(resolved.secrets, moveFile);
  const configs = mapEntries(resolved.configs, moveFile);
  const { name: _, ...rest } = resolved;
  const project = {
    name,
    ...rest,
    services: services ?? {},
    ...(volumes === undefined ? {} : { volumes }),
    ...(networks === undefined ? {} : { networks }),
    ...(secrets === undefined ? {} : { secrets }),
    ...(configs === undefined ? {} : { configs }),
  };
  return { project, notes: [...notes], warnings: [...warnings] };
}
