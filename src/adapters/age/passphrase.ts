import { StackholdError } from "../../errors.ts";

/** Loaded where a passphrase is in use: it is large, and few commands need it. */
const library = () => import("age-encryption");

/** What `age-keygen` makes, and whom files are encrypted to so that it opens them. */
export interface KeyPair {
  readonly identity: string;
  readonly recipient: string;
}

export async function makeKeyPair(): Promise<KeyPair> {
  const { generateX25519Identity, identityToRecipient } = await library();
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** A file that `age --decrypt --identity` takes, asking for the passphrase. */
export async function lock({ identity }: KeyPair, passphrase: string): Promise<Uint8Array> {
  const { Encrypter } = await library();
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  return encrypter.encrypt(`${identity}\n`);
}

/** WRONG_CREDENTIALS where the passphrase is another one, or the file none that `lock` made. */
export async function unlock(
  file: Uint8Array,
  passphrase: string,
  where: string,
): Promise<KeyPair> {
  const { Decrypter, identityToRecipient } = await library();
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    const identity = (await decrypter.decrypt(file, "text")).trim();
    return { identity, recipient: await identityToRecipient(identity) };
  } catch (cause) {
    throw new StackholdError("WRONG_CREDENTIALS", `the passphrase does not open ${where}`, {
      hint: "see `passphrase` or `passphrase_file` of the repository's `encryption`",
      cause,
    });
  }
}
