import { z } from "zod";
import type { KopiaClient } from "./client.ts";
import { ownerOf } from "./points/sources.ts";

/**
 * Of the policy for its own sources, what Stackhold needs: nothing is left out by Kopia's own rules,
 * nothing expires by itself, since points do by Stackhold's retention. The policy for all sources is
 * others' as well, and stays as it is.
 */
const keep = 1_000_000;
/** A name that no file has: without any name Kopia goes back to its default, `.kopiaignore`. */
const noFile = ".no-such-file";

export const policySchema = z.looseObject({
  retention: z.looseObject({ keepLatest: z.number().optional() }).optional(),
  files: z
    .looseObject({
      ignore: z.array(z.string()).nullish(),
      ignoreDotFiles: z.array(z.string()).nullish(),
      ignoreCacheDirs: z.boolean().optional(),
      maxFileSize: z.number().optional(),
      oneFileSystem: z.boolean().optional(),
    })
    .optional(),
  compression: z.looseObject({ compressorName: z.string().optional() }).optional(),
});

type Policy = z.output<typeof policySchema>;

/** The arguments that make the policy of a target what is needed; undefined where it is so. */
function policyChange(
  target: string,
  { retention, files, compression }: Policy,
  compressor: string,
): string[] | undefined {
  const dotFiles = files?.ignoreDotFiles ?? [];
  const args = [
    ...(retention?.keepLatest === keep ? [] : [`--keep-latest=${keep}`]),
    ...dotFiles.filter((name) => name !== noFile).map((name) => `--remove-dot-ignore=${name}`),
    ...(dotFiles.includes(noFile) ? [] : [`--add-dot-ignore=${noFile}`]),
    ...(files?.ignoreCacheDirs === false ? [] : ["--ignore-cache-dirs=false"]),
    ...((files?.ignore ?? []).length === 0 ? [] : ["--clear-ignore"]),
    ...(files?.maxFileSize ? ["--max-file-size=0"] : []),
    ...(files?.oneFileSystem === true ? ["--one-file-system=false"] : []),
    ...(compression?.compressorName === compressor ? [] : [`--compression=${compressor}`]),
  ];
  if (args.length === 0) return undefined;
  return ["policy", "set", target, "--inherit=false", ...args];
}

/** Sees to it, once for each host, that a host's points are stored under the policy that they need. */
export function createOwnPolicy(
  client: Pick<KopiaClient, "ask" | "run">,
  compressor: string,
): (host: string) => Promise<void> {
  const settled = new Set<string>();
  return async (host) => {
    if (settled.has(host)) return;
    const target = ownerOf(host);
    const policy = await client.ask(policySchema, ["policy", "show", target, "--json"]);
    const change = policyChange(target, policy, compressor);
    if (change !== undefined) await client.run(change);
    settled.add(host);
  };
}
