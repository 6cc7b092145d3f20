import { dirname } from "node:path";
import type { RegisterSecret } from "../domain/secret.ts";
import { crossChecks } from "./cross-checks.ts";
import { applyEnvironment } from "./environment.ts";
import { type ConfigFiles, diskFiles } from "./files.ts";
import { findingsOf, locate } from "./issues.ts";
import { findConfigFile, type Lookup } from "./lookup.ts";
import { type Origins, originsOf } from "./origins.ts";
import { normalise, readSecrets, secretTexts } from "./prepare.ts";
import { invalidConfig, type Problem } from "./problems.ts";
import { type Config, configSchema, settle } from "./schema/config-schema.ts";
import type { Key } from "./shape.ts";
import { pathText } from "./walk.ts";
import { readYaml, type YamlFile } from "./yaml-file.ts";

export interface LoadInput extends Lookup {
  readonly files?: ConfigFiles;
  /** Called with each secret before anything else can speak of it. */
  readonly registerSecret?: RegisterSecret;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Absolute; absent when there is none and the defaults hold. */
  readonly file?: string;
  readonly warnings: readonly string[];
  readonly origins: Origins;
}

/** What was read, before it is known to be valid. */
interface Source {
  readonly yaml?: YamlFile;
  readonly mode: number;
}

async function readSource(input: LoadInput, files: ConfigFiles): Promise<Source> {
  const found = await findConfigFile(input, files);
  if (found === undefined) return { mode: 0o600 };
  const yaml = readYaml(found.path, found.text);
  if (yaml.problems.length > 0) throw invalidConfig(yaml.problems);
  return { yaml, mode: found.mode };
}

/**
 * Finds, reads and validates the configuration. All problems come as one CONFIG_INVALID;
 * CONFIG_UNREADABLE for a file that is named and absent, or there and not readable.
 */
export async function loadConfig(input: LoadInput): Promise<LoadedConfig> {
  const files = input.files ?? diskFiles;
  const { yaml, mode } = await readSource(input, files);
  const env = applyEnvironment(configSchema, yaml?.value ?? {}, input.env);
  const raw = normalise(configSchema, env.value, {
    directory: yaml === undefined ? "/" : dirname(yaml.file),
    home: input.home,
    fromEnvironment: env.set,
  });
  const secrets = await readSecrets(configSchema, raw, files);
  for (const text of secretTexts(configSchema, secrets.value)) input.registerSecret?.(text);

  const where = (path: readonly Key[]): Pick<Problem, "place" | "variable"> => {
    const variable = env.set.get(pathText(path));
    if (variable !== undefined) return { variable };
    return yaml === undefined ? {} : { place: yaml.placeOf(path) };
  };
  const parsed = configSchema.safeParse(secrets.value);
  const findings = [
    ...(parsed.success ? [] : findingsOf(configSchema, secrets.value, parsed.error)),
    ...secrets.findings,
    ...crossChecks(raw),
  ];
  if (!parsed.success || findings.length > 0) throw invalidConfig(locate(findings, where));

  const config = settle(parsed.data);
  const exposed = secrets.inline.filter((path) => !env.set.has(path));
  return {
    config,
    ...(yaml === undefined ? {} : { file: yaml.file }),
    warnings: [...env.warnings, ...exposedSecrets(exposed, mode, yaml?.file)],
    origins: originsOf(config, raw, env.set),
  };
}

function exposedSecrets(
  paths: readonly string[],
  mode: number,
  file: string | undefined,
): string[] {
  if (file === undefined || paths.length === 0 || (mode & 0o077) === 0) return [];
  const octal = mode.toString(8).padStart(4, "0");
  return [
    `${file} holds secrets (${paths.join(", ")}) and others may read it: chmod 0600 it (now ${octal}), or use the …_file keys`,
  ];
}
