import { z } from "zod";
import type { CallOptions, KopiaClient } from "../client.ts";
import { isOurs, ownerOf } from "./sources.ts";

/** `kopia policy list --json`, as far as it is used: what was set at each target, nothing inherited. */
const policiesSchema = z.array(
  z.looseObject({
    target: z.object({ host: z.string(), userName: z.string(), path: z.string() }),
    noParent: z.boolean().optional(),
    retention: z.looseObject({ keepLatest: z.number().optional() }).optional(),
    files: z
      .looseObject({
        ignore: z.array(z.string()).nullish(),
        ignoreDotFiles: z.array(z.string()).nullish(),
        ignoreCacheDirs: z.boolean().nullish(),
        maxFileSize: z.number().nullish(),
        oneFileSystem: z.boolean().nullish(),
      })
      .optional(),
    errorHandling: z
      .looseObject({
        ignoreFileErrors: z.boolean().nullish(),
        ignoreDirectoryErrors: z.boolean().nullish(),
        ignoreUnknownTypes: z.boolean().nullish(),
      })
      .optional(),
    compression: z.looseObject({ compressorName: z.string().optional() }).optional(),
  }),
);

export type Policies = z.output<typeof policiesSchema>;

export async function allPolicies(
  client: Pick<KopiaClient, "ask">,
  options?: CallOptions,
): Promise<Policies> {
  return client.ask(policiesSchema, ["policy", "list", "--json"], options);
}

const keep = 1_000_000;
/** A name that no file has: without any name Kopia goes back to its default, `.kopiaignore`. */
const noFile = ".no-such-file";

/**
 * Names that are not UTF-8, which Kopia's rules match as the replacement character: several of them would be
 * kept as one. And the safety copies of restores.
 */
const never = ["*\ufffd*", ".stackhold-safety"];

/**
 * The arguments that make the policy of a host's points what they need; undefined where it is so. Nothing is left out by
 * rules of Kopia's own, and nothing expires by itself, since points do by Stackhold's retention. What vanishes while
 * Kopia reads must not fail a backup: what Kopia says of each entry tells what it has. The policy for all
 * sources is others' as well, is not inherited, and stays as it is.
 */
export function hostPolicyChange(
  policies: Policies,
  host: string,
  compressor: string,
): string[] | undefined {
  const source = ownerOf(host);
  const { noParent, retention, files, errorHandling, compression } =
    policyOf(policies, source) ?? {};
  const dotFiles = files?.ignoreDotFiles ?? [];
  const lenient = {
    "--ignore-file-errors": errorHandling?.ignoreFileErrors,
    "--ignore-dir-errors": errorHandling?.ignoreDirectoryErrors,
    "--ignore-unknown-types": errorHandling?.ignoreUnknownTypes,
  };
  const args = [
    ...(noParent === true ? [] : ["--inherit=false"]),
    ...(retention?.keepLatest === keep ? [] : [`--keep-latest=${keep}`]),
    ...dotFiles.filter((name) => name !== noFile).map((name) => `--remove-dot-ignore=${name}`),
    ...(dotFiles.includes(noFile) ? [] : [`--add-dot-ignore=${noFile}`]),
    ...(files?.ignoreCacheDirs === false ? [] : ["--ignore-cache-dirs=false"]),
    ...(files?.maxFileSize ? ["--max-file-size=0"] : []),
    ...(files?.oneFileSystem === true ? ["--one-file-system=false"] : []),
    ...Object.entries(lenient).flatMap(([flag, is]) => (is === true ? [] : [`${flag}=true`])),
    ...(compression?.compressorName === compressor ? [] : [`--compression=${compressor}`]),
    ...ignoring(files?.ignore ?? [], never),
  ];
  return args.length === 0 ? undefined : ["policy", "set", source, ...args];
}

/**
 * The same of one source, so that Kopia does not even read what is excluded. What it has of that all the same is
 * removed by a restore, and what it passes over by its own understanding of a pattern is stored beside.
 */
export function sourcePolicyChange(
  policies: Policies,
  source: string,
  exclude: readonly string[],
): string[] | undefined {
  const own = exclude.some((pattern) => pattern.startsWith("!")) ? [] : exclude.filter(isSimple);
  const wanted = own.length === 0 ? [] : [...never, ...own];
  const args = ignoring(policyOf(policies, source)?.files?.ignore ?? [], wanted);
  return args.length === 0 ? undefined : ["policy", "set", source, ...args];
}

/** Kopia fails where it cannot read a pattern. */
function isSimple(pattern: string): boolean {
  return /^[^#\s\\[\]][^\\[\]]*$/.test(pattern);
}

function ignoring(found: readonly string[], wanted: readonly string[]): string[] {
  const [has, wants] = [new Set(found), new Set(wanted)];
  return [
    ...[...has.difference(wants)].map((pattern) => `--remove-ignore=${pattern}`),
    ...[...wants.difference(has)].map((pattern) => `--add-ignore=${pattern}`),
  ];
}

function policyOf(policies: Policies, source: string): Policies[number] | undefined {
  return policies.find(({ target }) => isOurs(target) && formatTarget(target) === source);
}

function formatTarget({ userName, host, path }: Policies[number]["target"]): string {
  return path === "" ? `${userName}@${host}` : `${userName}@${host}:${path}`;
}
