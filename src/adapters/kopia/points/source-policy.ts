import { z } from "zod";
import type { KopiaClient } from "../client.ts";
import { hostSource, isOurs } from "./sources.ts";

/** `kopia policy list --json`, as far as it is used. */
const policiesSchema = z.array(
  z.looseObject({
    target: z.object({ host: z.string(), userName: z.string(), path: z.string() }),
    files: z.looseObject({ ignore: z.array(z.string()).nullish() }).optional(),
    errorHandling: z
      .looseObject({
        ignoreFileErrors: z.boolean().nullish(),
        ignoreDirectoryErrors: z.boolean().nullish(),
      })
      .optional(),
  }),
);

export type Policies = z.output<typeof policiesSchema>;

export async function allPolicies(client: Pick<KopiaClient, "ask">): Promise<Policies> {
  return client.ask(policiesSchema, ["policy", "list", "--json"]);
}

/**
 * Names that are not UTF-8, which Kopia's rules match as the replacement character: several of them would be
 * kept as one. And the safety copies of restores.
 */
const never = ["*\ufffd*", ".stackhold-safety"];

/**
 * The arguments that make the policy of a host's points what they need; undefined where it is so. What vanishes while
 * Kopia reads must not fail a backup: what Kopia says of each entry tells what it has.
 */
export function hostPolicyChange(policies: Policies, host: string): string[] | undefined {
  const source = hostSource(host);
  const { files, errorHandling } = policyOf(policies, source) ?? {};
  const isLenient =
    errorHandling?.ignoreFileErrors === true && errorHandling.ignoreDirectoryErrors === true;
  const args = [
    ...(isLenient ? [] : ["--ignore-file-errors=true", "--ignore-dir-errors=true"]),
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
