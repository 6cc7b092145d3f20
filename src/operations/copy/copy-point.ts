import { imageBytesOf, type Manifest } from "../../domain/manifest.ts";
import type { CopyResult } from "../../domain/point-results.ts";
import { StackholdError } from "../../errors.ts";
import { bytes as inWords } from "../../events/amounts.ts";
import type { PointRef, PointSummary, Repository } from "../../ports/repository.ts";
import {
  chooseRepositories,
  renewedText,
  repositoryLock,
  sweepRepository,
} from "../backup/open-repositories.ts";
import { type Context, step } from "../context.ts";
import { findPoint } from "../points/find-point.ts";
import { recordPointsRun } from "../points/record-points-run.ts";
import { lockAll } from "../retention/lock-all.ts";
import { sweepSpools } from "../sweep-spools.ts";
import { copyContents } from "./copy-contents.ts";
import type { CopyDeps } from "./transfer.ts";

export interface CopyInput {
  readonly unit: string;
  /** `latest`, a backup id or a time. */
  readonly backupId: string;
  /** Names of repositories. */
  readonly from: string;
  readonly to: string;
  /** This host where absent. */
  readonly host?: string;
  readonly trigger: string;
}

interface Journey {
  readonly ref: PointRef;
  readonly from: Repository;
  readonly to: Repository;
  readonly startedAt: string;
}

function repositoriesOf({ from, to }: CopyInput, deps: CopyDeps): [Repository, Repository] {
  const [source, target] = chooseRepositories([from, to], deps.repositories) as [
    Repository,
    Repository,
  ];
  if (repositoryLock(source) !== repositoryLock(target)) return [source, target];
  const both = from === to ? `both are "${from}"` : `"${from}" and "${to}" lie in one place`;
  throw new StackholdError("USAGE", `a point is copied from one repository to another: ${both}`, {
    hint: "name two of them with --from and --to",
  });
}

/** What is the same in every answer; of a point that is there already also all else. */
function resultOf(
  { ref, from, to, startedAt }: Journey,
  { parts, images = [] }: Pick<Manifest, "parts" | "images">,
  deps: CopyDeps,
): Omit<CopyResult, "copied" | "way" | "warnings"> {
  const { unit, backupId, host } = ref;
  return {
    schemaVersion: 1,
    unit,
    backupId,
    host,
    from: from.name,
    to: to.name,
    startedAt,
    finishedAt: deps.clock.now().toISOString(),
    storedBytes: parts.reduce((sum, part) => sum + part.storedBytes, imageBytesOf(images)),
    parts: parts.map(({ kind, name, bytes, storedBytes, files }) => ({
      kind,
      name,
      bytes,
      storedBytes,
      files,
    })),
    images: images.length,
  };
}

/** Undefined where it is not there yet. */
async function present({ ref, to }: Journey): Promise<PointSummary | undefined> {
  const { host, unit, backupId } = ref;
  const points = await to.list({ host, unit });
  const there = points.find((point) => point.backupId === backupId);
  if (there?.status !== "damaged") return there;
  throw new StackholdError(
    "COPY_FAILED",
    `point ${backupId} of ${unit} is in ${to.name} already, but damaged`,
    {
      hint: `nothing was copied; stackhold admin snapshot delete ${unit} ${backupId} --repository ${to.name} makes way for a copy`,
    },
  );
}

async function copyMissing(
  journey: Journey,
  deps: CopyDeps,
  context: Context,
): Promise<Omit<CopyResult, "warnings">> {
  const { ref, from, to } = journey;
  const { unit } = ref;
  const reader = await from.read(ref);
  const writer = await to.begin(ref);
  try {
    const { way, parts, images, tools } = await step("copy", unit, deps.clock, context, () =>
      copyContents({ from, reader, to, writer, deps, context }),
    );
    const { images: _, ...told } = reader.manifest;
    const copiedFrom = { repository: from.name, at: deps.clock.now().toISOString() };
    const kept = images === undefined || images.length === 0 ? {} : { images };
    const manifest = { ...told, tools, parts, ...kept, copiedFrom };
    context.signal.throwIfAborted();
    deps.history.forgetVerifications({ repository: to.name, ...ref });
    const published = await step("finish", unit, deps.clock, context, () =>
      writer.publish(manifest),
    );
    const result = { ...resultOf(journey, published, deps), copied: true, way };
    const message = `copied ${ref.backupId} from ${from.name} to ${to.name}: ${inWords(result.storedBytes)}`;
    context.emit({ type: "log", unit, level: "info", message, saidBy: "result" });
    return result;
  } finally {
    await writer.discard();
  }
}

async function copyFound(journey: Journey, deps: CopyDeps, context: Context): Promise<CopyResult> {
  const { ref, to } = journey;
  const { unit } = ref;
  const renewed = renewedText(to.name, await to.open(), deps);
  const warnings = renewed === undefined ? [] : [renewed];
  await sweepSpools(deps, context);
  await sweepRepository(to, ref.host, context);
  for (const message of warnings)
    context.emit({ type: "warning", unit, message, saidBy: "result" });
  const there = await present(journey);
  if (there === undefined) return { ...(await copyMissing(journey, deps, context)), warnings };
  const { storedBytes } = there;
  const nothing = resultOf(journey, { parts: [] }, deps);
  return { ...nothing, storedBytes, copied: false, warnings };
}

/**
 * Copies a point from one repository to another, where it keeps its id, its host and what it says
 * of itself; a pin stays behind. One that is there already is left alone. Nothing is stopped, and
 * until all of it is stored nothing of it is to be seen.
 */
export async function copyPoint(
  input: CopyInput,
  deps: CopyDeps,
  context: Context,
): Promise<CopyResult> {
  const { unit, host, trigger } = input;
  const [from, to] = repositoriesOf(input, deps);
  const what = `copy of a point of ${unit} into ${to.name}`;
  const names = [repositoryLock(to), `unit/${unit}`];
  await using _locks = await lockAll(names, what, deps, context.signal);
  const { backupId } = input;
  const query = { unit, backupId, resolves: true, repository: from.name };
  const { found } = await findPoint({ ...query, ...(host === undefined ? {} : { host }) }, deps);
  const [{ point }] = found as [(typeof found)[number]];
  const ref = { host: point.host, unit: point.unit, backupId: point.backupId };
  const startedAt = deps.clock.now().toISOString();
  context.emit({ type: "run.started", operation: "copy", units: [unit], backupId: ref.backupId });
  const finish = recordPointsRun({ operation: "copy", trigger, units: [unit] }, deps, context);
  try {
    const result = await copyFound({ ref, from, to, startedAt }, deps, context);
    finish(result.warnings.length > 0 ? "warning" : "succeeded", result);
    return result;
  } catch (error) {
    finish(context.signal.aborted ? "cancelled" : "failed");
    throw error;
  }
}
