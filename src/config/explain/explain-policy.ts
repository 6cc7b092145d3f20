import { hookNames } from "../../domain/hooks.ts";
import { redact } from "../../domain/recipe/redact.ts";
import { formatDuration } from "../duration.ts";
import { effectivePolicy, excludeLabelOf } from "../policy.ts";
import { backupSchema } from "../schema/backup.ts";
import { factsOf } from "../shape.ts";
import { type Asked, type Given, type LabelledUnit, settingSource, unitSource } from "./asked.ts";
import type { ExplainedValue, Source } from "./explained.ts";
import { labelSource, serviceValues, volumeValues } from "./label-values.ts";
import { retention } from "./retention-values.ts";

type BackupKey = keyof typeof backupSchema.shape;

/** These say which units a run takes, and how; no unit has its own. */
const ofRuns: readonly BackupKey[] = ["units", "skip", "groups", "parallel_units"];
const perUnit = (Object.keys(backupSchema.shape) as BackupKey[]).filter((k) => !ofRuns.includes(k));

/** A duration as people write it, and what is absent as null. */
function written(key: BackupKey, value: unknown): unknown {
  const isDuration = factsOf(backupSchema.shape[key]).trait === "duration";
  return isDuration && typeof value === "number" ? formatDuration(value) : (value ?? null);
}

const propertyOf = (key: string) => key.replaceAll(/_(\w)/g, (_, c: string) => c.toUpperCase());

/** A key that the narrowest level replaces whole. */
function single(asked: Asked, key: BackupKey): ExplainedValue {
  const { policy, given, block } = asked;
  const known = Object.entries(policy.value).find(([name]) => name === propertyOf(key));
  const own = (block as Readonly<Record<string, unknown>>)[key];
  const isOwn = !ofRuns.includes(key) && own !== undefined;
  const value = written(key, known ? known[1] : isOwn ? own : given.config.backup[key]);
  if (key === "quiesce" && policy.origin.quiesce === "label") {
    const carriers = asked.containers.filter(
      ({ labels }) => labels["stackhold.quiesce"]?.trim() === policy.value.quiesce,
    );
    return { key, value, ...labelSource("quiesce", carriers) };
  }
  return { key, value, ...(isOwn ? unitSource(asked, key) : settingSource(given, "backup", key)) };
}

function hooks(asked: Asked): ExplainedValue[] {
  const { policy, block, given } = asked;
  return hookNames.map((name) => {
    const argv = policy.value.hooks[name];
    const isOwn = block.hooks?.[name] !== undefined;
    return {
      key: `hooks.${name}`,
      value: argv === undefined ? null : redact(argv).document,
      ...(isOwn ? unitSource(asked, "hooks", name) : settingSource(given, "backup", "hooks", name)),
    };
  });
}

function excludes(asked: Asked): ExplainedValue {
  const { policy, containers, name, given } = asked;
  const rules = new Map<string, Source>([
    ["backup.exclude", settingSource(given, "backup", "exclude")],
    [`units.${name}.exclude`, unitSource(asked, "exclude")],
    ...containers.map((c) => [excludeLabelOf(c), labelSource("exclude", [c])] as const),
  ]);
  const entries = policy.value.exclude.map(({ pattern, rule }) => ({
    value: pattern,
    ...(rules.get(rule) ?? { source: "default" as const }),
  }));
  const value = entries.map((entry) => entry.value);
  const { value: _, ...narrowest } = entries.at(-1) ?? { value: "", source: "default" as const };
  return { key: "exclude", value, ...narrowest, entries };
}

function repositories(asked: Asked): ExplainedValue {
  const { policy, block, given } = asked;
  const isNamed = given.config.backup.repositories.length > 0;
  const source = block.repositories?.length
    ? unitSource(asked, "repositories")
    : settingSource(given, ...(isNamed ? ["backup"] : []), "repositories");
  return { key: "repositories", value: policy.value.repositories, ...source };
}

/** Whether all of the unit's containers are disabled; whether it is in `skip_stop`; its `accept`. */
function ofUnit(asked: Asked): { first: ExplainedValue[]; last: ExplainedValue[] } {
  const { policy, containers, given, block } = asked;
  const { enable, skipStop, accept } = policy.value;
  const skip = settingSource(given, "skip_stop");
  if (!asked.isUnit) {
    return { first: [], last: [{ key: "skip_stop", value: given.config.skip_stop, ...skip }] };
  }
  const disabled: Source = enable ? { source: "default" } : labelSource("enable", containers);
  const accepted: Source = block.accept ? unitSource(asked, "accept") : { source: "default" };
  return {
    first: [{ key: "enable", value: enable, ...disabled }],
    last: [
      { key: "skip_stop", value: skipStop, ...(skipStop ? skip : { source: "default" }) },
      { key: "accept", value: accept, ...accepted },
    ],
  };
}

function valuesOf(asked: Asked, key: BackupKey): ExplainedValue[] {
  switch (key) {
    case "hooks":
      return hooks(asked);
    case "exclude":
      return [excludes(asked)];
    case "repositories":
      return [repositories(asked)];
    default:
      return [single(asked, key)];
  }
}

/** What holds for services and volumes alone stands right behind what holds for the unit. */
function inPlace(
  values: readonly ExplainedValue[],
  narrower: readonly ExplainedValue[],
): ExplainedValue[] {
  const keys = new Set(values.map(({ key }) => key));
  const last = new Map(values.map(({ key }, index) => [key, index]));
  const others = narrower.filter(({ key }) => !keys.has(key));
  return [
    ...values.flatMap((value, index) =>
      last.get(value.key) === index
        ? [value, ...narrower.filter(({ key }) => key === value.key)]
        : [value],
    ),
    ...others,
  ];
}

/**
 * How a unit is backed up, value by value, and where each is from; without a unit what holds where
 * nothing narrower is said. Errors: those of `effectivePolicy`.
 */
export function explainPolicy(given: Given, unit?: LabelledUnit): ExplainedValue[] {
  const { name, containers, volumes } = unit ?? { name: "", containers: [], volumes: [] };
  const policy = effectivePolicy(given, name, containers);
  const { units } = given.config;
  const block = Object.hasOwn(units, name) ? (units[name] ?? {}) : {};
  const asked: Asked = {
    ...{ name, containers, volumes, given, block, policy },
    isUnit: unit !== undefined,
  };
  const { first, last } = ofUnit(asked);
  const includeData = { key: "include_data", value: policy.value.includeData };
  const values = [
    ...first,
    ...perUnit.flatMap((key) => valuesOf(asked, key)),
    { ...includeData, ...settingSource(given, "include_data") },
    ...retention(asked),
    ...last,
    ...ofRuns.flatMap((key) => valuesOf(asked, key)),
  ];
  return inPlace(values, [
    ...serviceValues(containers, policy.value.quiesce),
    ...volumeValues(volumes),
  ]);
}

const general: readonly ExplainedValue["source"][] = [
  "default",
  "global",
  "environment",
  "repository",
];

/** What a unit's block, a label or the unit's name in `skip_stop` decides. */
export function isOwn({ key, source, entries, value }: ExplainedValue): boolean {
  const sources = [source, ...(entries ?? []).map((entry) => entry.source)];
  return (key === "skip_stop" && value === true) || sources.some((each) => !general.includes(each));
}
