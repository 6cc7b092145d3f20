import type { Quiesce } from "../../domain/manifest.ts";
import { redactText } from "../../domain/recipe/redact-text.ts";
import { volumeLabels } from "../../domain/sources/volume-finding.ts";
import { formatDuration } from "../duration.ts";
import { type Labelled, type LabelPolicy, readLabels, serviceOf } from "../labels.ts";
import type { ExplainedValue, Source } from "./explained.ts";

export function labelSource(label: string, carriers: readonly Labelled[]): Source {
  const services = [...new Set(carriers.map(serviceOf))];
  return { source: "label", label: `stackhold.${label}`, services };
}

interface Heard {
  readonly key: string;
  readonly label: string;
  readonly value: unknown;
}

/** What a label sets for its own service. */
function heard({ enable, stopTimeout, execPre, execPost }: LabelPolicy): Heard[] {
  const all = [
    { key: "enable", label: "enable", value: enable },
    {
      key: "stop_timeout",
      label: "stop-timeout",
      value: stopTimeout === undefined ? undefined : formatDuration(stopTimeout),
    },
    { key: "exec.pre", label: "exec.pre", value: execPre && redactText(execPre) },
    { key: "exec.post", label: "exec.post", value: execPost && redactText(execPost) },
  ];
  return all.filter(({ value }) => value !== undefined);
}

/** Containers of one service say the same, unless some were made before the label was changed. */
function unique(values: readonly ExplainedValue[]): ExplainedValue[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** What labels set for single services; `quiesce` is the strongest of all, which is the unit's. */
export function serviceValues(
  containers: readonly Labelled[],
  quiesce: Quiesce,
): readonly ExplainedValue[] {
  return unique(
    containers.flatMap((container): ExplainedValue[] => {
      const said = readLabels(container);
      const of = `service:${serviceOf(container)}`;
      const own = heard(said).map(({ key, label, value }) => ({
        key,
        of,
        value,
        ...labelSource(label, [container]),
      }));
      if (said.quiesce === undefined || said.quiesce === quiesce) return own;
      const weaker = { key: "quiesce", of, value: said.quiesce, overruled: true } as const;
      return [...own, { ...weaker, ...labelSource("quiesce", [container]) }];
    }),
  );
}

/** What the labels of volumes say, each for its own volume. */
export function volumeValues(volumes: readonly Labelled[]): ExplainedValue[] {
  return volumes.flatMap((volume) => {
    const { isOff, exclude } = volumeLabels(volume);
    const of = `volume:${volume.name}`;
    const by = (label: string) =>
      ({ source: "label", label: `stackhold.${label}`, volume: volume.name }) as const;
    return [
      ...(isOff ? [{ key: "enable", of, value: false, ...by("enable") }] : []),
      ...(exclude.length === 0 ? [] : [{ key: "exclude", of, value: exclude, ...by("exclude") }]),
    ];
  });
}
