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

/** Labels of ours that this version does not act on, or that nobody knows. */
export function unsupportedLabels(containers: readonly Labelled[]): Unsupported[] {
  return containers.flatMap(({ name, labels }) =>
    Object.keys(labels)
      .filter((label) => label.startsWith(prefix) && !known.includes(label))
      .map((label): Unsupported => {
        const key = `${name}: ${label}`;
        if (!notYet.includes(label)) {
          const meant = didYouMean(label, [...known, ...notYet], "");
          return { key, severity: "warning", message: `unknown label${meant}` };
        }
        const message = "this label is not available in this version";
        return { key, severity: "warning", message };
      }),
  );
}
