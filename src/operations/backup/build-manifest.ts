import { unitFreeze } from "../../domain/freeze.ts";
import type { Coverage, Manifest, SavedImage, StoredPart } from "../../domain/manifest.ts";
import { redact } from "../../domain/recipe/redact.ts";
import { recordedMember } from "../../domain/recorded-member.ts";
import type { Volume } from "../../domain/unit.ts";
import type { EngineInfo } from "../../ports/engine.ts";
import type { PreparedUnit } from "./prepare-unit.ts";

export interface PointFacts {
  readonly host: string;
  readonly backupId: string;
  readonly createdAt: string;
  readonly finishedAt: string;
  readonly frozenAt: string;
  readonly downtimeMs: number;
  readonly readyMs: number;
  readonly engine: EngineInfo;
  readonly tools: Readonly<Record<string, string>>;
  readonly coverage: Coverage;
  readonly warnings: readonly string[];
  readonly parts: readonly StoredPart[];
  readonly images: readonly SavedImage[];
}

function withFreeze(part: StoredPart, { freezes }: PreparedUnit): StoredPart {
  const of = freezes.find(({ source }) => source.kind === part.kind && source.name === part.name);
  return { ...part, freeze: of?.way ?? "none" };
}

/** A network drive's options may hold its password, and manifests are read by everybody's tools. */
function withoutSecrets(options: Volume["options"]): Record<string, string> {
  const { document } = redact({ ...options });
  return Object.fromEntries(
    Object.entries(document ?? {}).map(([name, value]) => [name, String(value)]),
  );
}

/** The manifest of a point, complete: what a restore on a bare host has to go by. */
export function buildManifest(prepared: PreparedUnit, facts: PointFacts): Manifest {
  const { unit, policy, members, volumes } = prepared;
  const { name, version, apiVersion } = facts.engine;
  return {
    format: 1,
    unit: unit.name,
    kind: unit.kind,
    backupId: facts.backupId,
    host: facts.host,
    createdAt: facts.createdAt,
    finishedAt: facts.finishedAt,
    frozenAt: facts.frozenAt,
    scope: policy.scope,
    quiesce: prepared.outage.way,
    freeze: unitFreeze(prepared.freezes.map(({ way }) => way)),
    downtimeMs: facts.downtimeMs,
    readyMs: facts.readyMs,
    engine: { name, version, apiVersion },
    tools: { ...facts.tools },
    ...(unit.workingDir === undefined
      ? {}
      : {
          stack: {
            project: unit.project,
            workingDir: unit.workingDir,
            composeFiles: [...unit.composeFiles],
            environmentFiles: [...unit.environmentFiles],
          },
        }),
    members: members.map(recordedMember),
    volumes: volumes.map(({ name: volume, driver, labels, options, anonymous }) => ({
      name: volume,
      driver,
      labels: { ...labels },
      options: withoutSecrets(options),
      anonymous,
    })),
    parts: facts.parts.map((part) => withFreeze(part, prepared)),
    directories: [...prepared.directories],
    ...(facts.images.length === 0 ? {} : { images: [...facts.images] }),
    coverage: facts.coverage,
    warnings: [...facts.warnings],
  };
}
