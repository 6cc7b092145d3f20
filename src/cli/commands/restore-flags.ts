import { isAbsolute, resolve } from "node:path";
import { effectivePolicy } from "../../config/policy.ts";
import { parsePart } from "../../domain/part.ts";
import { parsePartPath } from "../../domain/part-path.ts";
import { shellWord } from "../../domain/shell-word.ts";
import { StackholdError } from "../../errors.ts";
import type { RestoreInput, RestoreTarget } from "../../operations/restore/restore-input.ts";
import type { GlobalOptions, Session } from "../app.ts";
import { type NetworksFlag, refuseNetworks } from "./network-choice.ts";
import { present } from "./shared.ts";

export interface RestoreFlags extends GlobalOptions {
  readonly at: string;
  readonly to: string;
  readonly script?: string;
  readonly part?: readonly string[];
  readonly service?: readonly string[];
  readonly path?: readonly string[];
  readonly repository?: string;
  readonly host?: string;
  readonly networks?: NetworksFlag;
  readonly withProject?: boolean;
  /** commander's name for `--no-start`. */
  readonly start: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

function parseTarget(text: string): RestoreTarget {
  if (text === "in-place") return { kind: "in-place" };
  const [, kind, rest = ""] = /^(directory|project):(.+)$/.exec(text) ?? [];
  if (kind === "directory") {
    return { kind, directory: isAbsolute(rest) ? rest : resolve(rest) };
  }
  if (kind === "project") return { kind, name: rest };
  throw new StackholdError("USAGE", `--to "${text}" is no target`, {
    hint: "use in-place, project:NAME or directory:DIR",
  });
}

/** An empty one is a variable that nobody set, not the whole part. */
function textPath(path: string): string {
  const latin1 = parsePartPath(path, { base64: false });
  if (latin1 !== "") return Buffer.from(latin1, "latin1").toString("utf8");
  throw new StackholdError("USAGE", `--path "${path}" names no path within the part`, {
    hint: "leave --path out to restore the whole part",
  });
}

/** Where to; with `--script` no other way of restoring is meant. */
function targetOf({ to, script }: RestoreFlags): RestoreTarget {
  return script === undefined ? parseTarget(to) : { kind: "script", directory: resolve(script) };
}

export function restoreInput(
  { loaded }: Pick<Session, "loaded">,
  unit: string,
  flags: RestoreFlags,
): RestoreInput {
  const to = targetOf(flags);
  const parts = (flags.part ?? []).map(parsePart);
  refuseNetworks(flags.networks, to.kind, parts.length + (flags.service ?? []).length > 0);
  return {
    unit,
    at: flags.at,
    to,
    parts,
    services: flags.service ?? [],
    paths: (flags.path ?? []).map(textPath),
    ...present({ repository: flags.repository, host: flags.host }),
    dryRun: flags.dryRun === true,
    noStart: !flags.start,
    withProject: flags.withProject === true,
    networks: flags.networks === "recreate" ? "recreate" : "keep",
    policy: effectivePolicy(loaded, unit).value,
  };
}

/** The command that does the same without a question. */
export function commandOf(unit: string, flags: RestoreFlags): string {
  const option = (name: string, value: string | undefined) =>
    value === undefined ? [] : [name, value];
  const words = [
    ...["stackhold", "restore", unit, "--at", flags.at],
    ...option("--to", flags.to === "in-place" ? undefined : flags.to),
    ...option("--script", flags.script),
    ...(flags.part ?? []).flatMap((part) => ["--part", part]),
    ...(flags.service ?? []).flatMap((service) => ["--service", service]),
    ...(flags.path ?? []).flatMap((path) => ["--path", path]),
    ...option("--repository", flags.repository),
    ...option("--host", flags.host),
    ...option("--config", flags.config),
    ...option("--networks", flags.networks),
    ...(flags.withProject === true ? ["--with-project"] : []),
    ...(flags.start ? [] : ["--no-start"]),
    "--yes",
  ];
  return words.map(shellWord).join(" ");
}

/** Scripts are written; what they restore, and how, is decided by who runs them. */
export function refuseBeside(flags: RestoreFlags, isGiven: (flag: string) => boolean): void {
  if (flags.script === undefined) return;
  const others = { to: "--to", start: "--no-start", path: "--path", withProject: "--with-project" };
  for (const [name, option] of Object.entries(others)) {
    if (!isGiven(name)) continue;
    throw new StackholdError("USAGE", `--script does not go with ${option}`, {
      hint: "--script writes the data and scripts that restore it by hand, and restores nothing itself",
    });
  }
}
