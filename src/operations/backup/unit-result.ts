import { gapWarnings } from "../../domain/coverage.ts";
import { unitFreeze } from "../../domain/freeze.ts";
import { type Coverage, imageBytesOf, type StoredPart } from "../../domain/manifest.ts";
import { withoutPoint } from "../../domain/repository-text.ts";
import type { UnitResult } from "../../domain/results.ts";
import { asStackholdError, isErrorCode, type StackholdError } from "../../errors.ts";
import type { Destination } from "./freeze/store-parts.ts";
import type { PreparedUnit } from "./prepare-unit.ts";

interface Outcome {
  readonly coverage: Coverage;
  readonly downtimeMs: number;
  readonly readyMs: number;
  readonly durationMs: number;
  readonly warnings: readonly string[];
  readonly parts: readonly StoredPart[];
  readonly error: StackholdError | undefined;
}

const storedBytes = (parts: readonly StoredPart[]) =>
  parts.reduce((sum, part) => sum + part.storedBytes, 0);

type Basics = Pick<UnitResult, "unit" | "kind" | "scope" | "quiesce">;

/** Nothing has happened yet. */
export function blankUnitResult(basics: Basics): UnitResult {
  return {
    ...basics,
    status: "succeeded",
    freeze: "none",
    downtimeMs: 0,
    readyMs: 0,
    durationMs: 0,
    repositories: [],
    parts: [],
    coverage: { protected: [], excluded: [], gaps: [] },
    warnings: [],
  };
}

export function emptyUnitResult({ unit, policy, outage, freezes }: PreparedUnit): UnitResult {
  const { scope } = policy;
  const blank = blankUnitResult({ unit: unit.name, kind: unit.kind, scope, quiesce: outage.way });
  return { ...blank, freeze: unitFreeze(freezes.map(({ way }) => way)) };
}

/** A unit that has no point: what went wrong, and nothing else. */
export function failedUnitResult(base: UnitResult, error: unknown, durationMs: number): UnitResult {
  const status = isErrorCode(error, "CANCELLED") ? "cancelled" : "failed";
  return { ...base, status, durationMs, error: asStackholdError(error).toDocument().error };
}

/** A point exists at least somewhere, or every destination's failure is told. */
export function unitResult(
  prepared: PreparedUnit,
  destinations: readonly Destination[],
  outcome: Outcome,
): UnitResult {
  const lost = destinations.filter((destination) => destination.error !== undefined);
  const warnings = [
    ...outcome.warnings,
    ...lost.map((d) => withoutPoint(d.name, asStackholdError(d.error).message)),
    ...gapWarnings(outcome.coverage),
  ];
  const everywhereLost = lost.length === destinations.length;
  const error = outcome.error ?? (everywhereLost ? asStackholdError(lost[0]?.error) : undefined);
  const status = error !== undefined ? "failed" : warnings.length > 0 ? "warning" : "succeeded";
  return {
    ...emptyUnitResult(prepared),
    status,
    downtimeMs: outcome.downtimeMs,
    readyMs: outcome.readyMs,
    durationMs: outcome.durationMs,
    repositories: destinations.map((d) => ({
      name: d.name,
      status: d.error === undefined ? "succeeded" : "failed",
      storedBytes: d.error === undefined ? storedBytes(d.parts) + imageBytesOf(d.images) : 0,
      ...(d.error === undefined ? {} : { error: asStackholdError(d.error).toDocument().error }),
    })),
    parts: outcome.parts.map(
      ({ kind, name, source, bytes, storedBytes: stored, files, deltaBytes, archives }) => ({
        kind,
        name,
        source,
        bytes,
        storedBytes: stored,
        files,
        deltaBytes,
        ...(archives[0] === undefined ? {} : { sha256: archives[0].sha256 }),
      }),
    ),
    coverage: outcome.coverage,
    warnings,
    ...(error === undefined ? {} : { error: error.toDocument().error }),
  };
}
