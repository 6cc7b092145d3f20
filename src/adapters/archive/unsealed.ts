import { join } from "node:path";
import type { ArchiveFile } from "../../domain/manifest.ts";
import { StackholdError } from "../../errors.ts";
import type { ArchiveDeps, ArchiveSettings, Sealing } from "./settings.ts";
import { contentProblem } from "./verify-point.ts";

type StoredFile = Omit<ArchiveFile, "role">;

export function sealingOf({ sealing }: Pick<ArchiveDeps, "sealing">): Sealing {
  if (sealing !== undefined) return sealing;
  throw new StackholdError("INTERNAL", "an archive repository without keys was asked to encrypt");
}

/**
 * What opens these files of a point; undefined where none is encrypted. WRONG_CREDENTIALS where
 * nothing is configured that does, or something that does not; POINT_DAMAGED where the file is not
 * the one that was stored.
 */
export async function identityFor(
  { name }: Pick<ArchiveSettings, "name">,
  { sealing }: Pick<ArchiveDeps, "sealing">,
  directory: string,
  files: readonly StoredFile[],
): Promise<string | undefined> {
  const sealed = files.filter(({ recipients }) => recipients !== undefined);
  const [any] = sealed;
  if (any === undefined) return undefined;
  if (sealing === undefined) {
    throw new StackholdError(
      "WRONG_CREDENTIALS",
      `${join(directory, any.file)} is encrypted, and repository ${name} has no \`encryption\` configured`,
      { hint: `give \`repositories.${name}.encryption\` an \`identity_file\`, or the passphrase` },
    );
  }
  const identity = await sealing.keys.identity();
  const kinds = Map.groupBy(sealed, ({ recipients }) => JSON.stringify(recipients));
  for (const [file = any] of kinds.values()) {
    const path = join(directory, file.file);
    const refusal = await sealing.age.refusal(path, identity);
    if (refusal === undefined) continue;
    const problem = await contentProblem(directory, file, () => undefined, undefined);
    if (problem !== undefined) throw new StackholdError("POINT_DAMAGED", `${path} ${problem}`);
    throw new StackholdError(
      "WRONG_CREDENTIALS",
      `what is configured for repository ${name} does not open ${path}: ${refusal}`,
      { hint: `it is encrypted to ${file.recipients?.join(", ")}` },
    );
  }
  return identity;
}
