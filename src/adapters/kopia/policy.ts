import { z } from "zod";

/**
 * Of the policy for all sources, what Stackhold needs: nothing is left out by Kopia's own rules,
 * nothing expires by itself, since points do by Stackhold's retention.
 */
const keep = 1_000_000;
/** A name that no file has: without any name Kopia goes back to its default, `.kopiaignore`. */
const noFile = ".no-such-file";

export const globalPolicySchema = z.looseObject({
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

export type GlobalPolicy = z.output<typeof globalPolicySchema>;

/** The arguments that make the policy what is needed; undefined where it is so. */
export function policyChange(
  { retention, files, compression }: GlobalPolicy,
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
  return args.length === 0 ? undefined : ["policy", "set", "--global", ...args];
}
