import { splitPatterns } from "../domain/label-patterns.ts";
import { type Quiesce, quiesceWays } from "../domain/manifest.ts";
import { didYouMean } from "../domain/suggest.ts";
import { StackholdError } from "../errors.ts";
import { parseDuration } from "./duration.ts";
import type { Unsupported } from "./unsupported.ts";

/** A container or a volume, with what its labels say. */
export interface Labelled {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface LabelPolicy {
  readonly enable?: boolean;
  readonly quiesce?: Quiesce;
  readonly exclude: readonly string[];
  /** Seconds. */
  readonly stopTimeout?: number;
  /** For `/bin/sh -c` in the container. */
  readonly execPre?: string;
  readonly execPost?: string;
}

/** Compose's name of what a container is one of; its own where it is nobody's. */
export function serviceOf({ name, labels }: Labelled): string {
  return labels["com.docker.compose.service"] ?? name;
}

const prefix = "stackhold.";
const notYet = ["stackhold.drill.check"];
const known = ["enable", "quiesce", "exclude", "stop-timeout", "exec.pre", "exec.post"].map(
  (name) => prefix + name,
);

function reader(what: string, labels: Labelled["labels"]) {
  return <T>(
    name: string,
    parse: (text: string) => T | undefined,
    expected: string,
  ): T | undefined => {
    const text = labels[prefix + name];
    if (text === undefined) return undefined;
    const value = parse(text.trim());
    if (value !== undefined) return value;
    throw new StackholdError(
      "CONFIG_INVALID",
      `${what} has the label ${prefix}${name}="${text}", which is not ${expected}`,
      { hint: "correct the label in the compose file and create the container again" },
    );
  };
}

const parseBoolean = (text: string) =>
  text === "true" ? true : text === "false" ? false : undefined;

const parseCommand = (text: string) => (text === "" ? undefined : text);

/** CONFIG_INVALID, naming the container or volume, for a value that cannot be read. */
export function readLabels(
  labelled: Labelled,
  what: "container" | "volume" = "container",
): LabelPolicy {
  const read = reader(`the ${what} ${labelled.name}`, labelled.labels);
  const enable = read("enable", parseBoolean, "true or false");
  const exclude = read("exclude", splitPatterns, "a list of patterns") ?? [];
  if (what === "volume") return { exclude, ...(enable === undefined ? {} : { enable }) };
  const quiesce = read(
    "quiesce",
    (t) => quiesceWays.find((w) => w === t),
    `one of ${quiesceWays.join(", ")}`,
  );
  const stopTimeout = read("stop-timeout", parseDuration, "a duration such as 30, 30s or 2m");
  const execPre = read("exec.pre", parseCommand, "a command");
  const execPost = read("exec.post", parseCommand, "a command");
  return {
    exclude,
    ...(enable === undefined ? {} : { enable }),
    ...(execPre === undefined ? {} : { execPre }),
    ...(execPost === undefined ? {} : { execPost }),
    ...(quiesce === undefined ? {} : { quiesce }),
    ...(stopTimeout === undefined ? {} : { stopTimeout }),
  };
}

const ofVolumes = ["enable", "exclude"].map((name) => prefix + name);

/** Once for each label and service, or volume, that carries one for which `is` holds. */
function carried(
  containers: readonly Labelled[],
  volumes: readonly Labelled[],
  is: (label: string) => boolean,
) {
  const all = [
    ...containers.map((one) => ({ one, of: serviceOf(one), meant: known })),
    ...volumes.map((one) => ({ one, of: `volume ${one.name}`, meant: ofVolumes })),
  ].flatMap(({ one, of, meant }) =>
    Object.keys(one.labels)
      .filter((label) => label.startsWith(prefix) && is(label))
      .map((label) => ({ key: `${of}: ${label}`, label, meant })),
  );
  return [...new Map(all.map((each) => [each.key, each])).values()];
}

const isUnknown = (label: string) => !known.includes(label) && !notYet.includes(label);

/** Like one of ours; `stackhold.other.key`, which an image may have too, is somebody's own. */
function isMisspelt(label: string): boolean {
  const isOwn = label.slice(prefix.length).includes(".") && didYouMean(label, known) === "";
  return isUnknown(label) && !isOwn;
}

/** Labels that nobody heeds though they ask for something: something else is stored than was meant. */
export function misspeltLabels(
  containers: readonly Labelled[],
  volumes: readonly Labelled[],
): Unsupported[] {
  return unknownLabels(containers, volumes, isMisspelt);
}

function unknownLabels(
  containers: readonly Labelled[],
  volumes: readonly Labelled[],
  is: (label: string) => boolean,
): Unsupported[] {
  return carried(containers, volumes, is).map(({ key, label, meant }) => ({
    key,
    message: `unknown label, nothing heeds it${didYouMean(label, meant, "")}`,
  }));
}

/** Labels of ours that this version does not act on, or that nobody knows. */
export function unsupportedLabels(
  containers: readonly Labelled[],
  volumes: readonly Labelled[],
): Unsupported[] {
  const later = carried(containers, volumes, (label) => notYet.includes(label));
  return [
    ...unknownLabels(containers, volumes, isUnknown),
    ...later.map(({ key }): Unsupported => {
      return { key, message: "this label is not available in this version" };
    }),
  ];
}
