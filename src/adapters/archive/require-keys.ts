import { StackholdError } from "../../errors.ts";
import type { ArchiveDeps, ArchiveSettings } from "./settings.ts";

/** Of an encrypted repository: age is there and takes whom it is to encrypt to. */
export async function requireKeys(
  { name }: Pick<ArchiveSettings, "name">,
  { sealing }: Pick<ArchiveDeps, "sealing">,
  how?: "looks",
): Promise<void> {
  if (sealing === undefined) return;
  await sealing.age.version();
  const recipients = await sealing.keys.recipients(how);
  if (recipients.length === 0) return;
  const refusal = await sealing.age.refusalOf(recipients);
  if (refusal === undefined) return;
  throw new StackholdError("CONFIG_INVALID", `repository ${name} cannot be encrypted: ${refusal}`, {
    hint: "a recipient is age1… or an SSH public key, as age-keygen -y and ssh-keygen print it",
  });
}
