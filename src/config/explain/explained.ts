/** The level that decided a value, the narrowest that says something. */
export type ExplainedLevel = "label" | "unit" | "repository" | "global" | "environment" | "default";

/** Where a value is from. */
export interface Source {
  readonly source: ExplainedLevel;
  /** In the configuration, e.g. `units.shop.quiesce`. */
  readonly path?: string;
  /** Of the environment. */
  readonly variable?: string;
  readonly label?: string;
  /** That carry the label; a standalone container counts as one of its name. */
  readonly services?: readonly string[];
  /** That carries the label: the engine's name. */
  readonly volume?: string;
}

/** One key of a policy, with its value as one would write it in the file; secrets are masked. */
export interface ExplainedValue extends Source {
  readonly key: string;
  /** What it holds for, e.g. `service:db`; the whole unit where absent. */
  readonly of?: string;
  readonly value: unknown;
  /** Of a list that adds up over the levels: each entry of `value`. */
  readonly entries?: readonly (Source & { readonly value: string })[];
  /** A stronger label of another service counts instead. */
  readonly overruled?: true;
}

/** For people: the place where one would change the value. */
export function sourceText({ source, path, variable, label, services, volume }: Source): string {
  const carriers = services?.join(", ") ?? `the volume ${volume}`;
  if (label !== undefined) return `label ${label} of ${carriers}`;
  return variable ?? path ?? source;
}
