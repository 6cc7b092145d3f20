import type { EstimateResult, PartEstimate, UnitEstimate } from "../../domain/estimate-result.ts";
import type { Unit } from "../../domain/unit.ts";
import { asStackholdError, type StackholdError } from "../../errors.ts";
import type { EngineInfo } from "../../ports/engine.ts";
import { neededFor } from "../backup/check-space.ts";
import { storedImageBytes } from "../backup/image-room.ts";
import { lookAround } from "../backup/look-around.ts";
import { measureEach, roomOf } from "../backup/measure-sources.ts";
import { chooseRepositories } from "../backup/open-repositories.ts";
import { prepareUnit } from "../backup/prepare-unit.ts";
import {
  type Mention,
  type Selection,
  selectUnits,
  unknownMentions,
} from "../backup/select-units.ts";
import type { Context, Deps } from "../context.ts";
import { discoverUnits } from "../discover-units.ts";
import { policyOf } from "../policy-of.ts";
import { estimateGathered, estimateTree } from "./estimate-part.ts";
import { type LastPoint, lastPoints } from "./last-points.ts";
import { roomNeeded } from "./room-needed.ts";

export interface EstimateInput extends Selection {
  readonly mentions: readonly Mention[];
}

interface Run {
  readonly engine: EngineInfo;
  readonly host: string;
  /** Why repositories do not answer, by name. */
  readonly failed: Map<string, StackholdError>;
}

const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0);

function inRepository(
  { repository, storedBytes: lastStoredBytes, imageBytes }: LastPoint,
  parts: readonly PartEstimate[],
  measuredBytes: number,
): UnitEstimate["repositories"][number] {
  const { name } = repository;
  const own = parts.flatMap(({ stored }) => stored.filter((one) => one.repository === name));
  return {
    name,
    storedBytes: sum(own.map(({ storedBytes }) => storedBytes)) + storedImageBytes(imageBytes),
    neededBytes: Math.round(neededFor({ lastStoredBytes, measuredBytes, imageBytes })),
  };
}

async function estimateUnit(
  found: Unit,
  input: EstimateInput,
  { engine, host, failed }: Run,
  deps: Deps,
  context: Context,
): Promise<UnitEstimate> {
  const { unit, surroundings } = await lookAround(found, engine, deps);
  const policy = input.policyFor(unit);
  const repositories = chooseRepositories(policy.repositories, deps.repositories);
  const { plan, gathering } = await prepareUnit(unit, policy, surroundings, deps);
  const gathered = await gathering;
  const measures = await measureEach(plan.sources, deps, context.signal);
  const last = await lastPoints(repositories, { host, unit: unit.name }, gathered.images);
  for (const [name, error] of last.failed) failed.set(name, error);
  const parts: PartEstimate[] = [];
  for (const measure of measures) parts.push(await estimateTree(measure, last.known, context));
  parts.push(...gathered.parts.map((part) => estimateGathered(part, last.known)));
  return {
    unit: unit.name,
    kind: unit.kind,
    scope: policy.scope,
    bytes: sum(parts.map(({ bytes }) => bytes)),
    files: sum(parts.map(({ files }) => files)),
    parts,
    repositories: last.known.map((one) => inRepository(one, parts, roomOf(measures))),
  };
}

function failedUnit(unit: Unit, input: EstimateInput, error: unknown): UnitEstimate {
  return {
    unit: unit.name,
    kind: unit.kind,
    scope: policyOf(unit, input.policyFor).policy.scope,
    ...{ bytes: 0, files: 0, parts: [], repositories: [] },
    error: asStackholdError(error).toDocument().error,
  };
}

/** What a backup of the units would read and store, and whether there is room. Changes nothing. */
export async function estimateUnits(
  input: EstimateInput,
  deps: Deps,
  context: Context,
): Promise<EstimateResult> {
  const engine = await deps.engine.info();
  const found = await discoverUnits(deps.settings, deps);
  for (const message of [...found.warnings, ...unknownMentions(found.units, input.mentions)])
    context.emit({ type: "warning", message });
  const host = deps.settings.host ?? engine.name;
  const run: Run = { engine, host, failed: new Map() };
  const chosen = selectUnits(found.units, input);
  const units: UnitEstimate[] = [];
  for (const unit of chosen) {
    try {
      units.push(await estimateUnit(unit, input, run, deps, context));
    } catch (error) {
      context.signal.throwIfAborted();
      units.push(failedUnit(unit, input, error));
    }
  }
  const names = new Set(
    chosen.flatMap((unit) => policyOf(unit, input.policyFor).policy.repositories),
  );
  const used = deps.repositories.filter(({ name }) => names.has(name));
  const repositories = await roomNeeded(units, used, run.failed);
  return { schemaVersion: 1, host, units, repositories };
}
