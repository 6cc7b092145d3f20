import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { StackholdError } from "../../errors.ts";
import { type KeyPair, lock, makeKeyPair, unlock } from "../age/passphrase.ts";
import { parseRecipients } from "../age/recipients.ts";
import { writeDurably } from "./durable.ts";
import { exists } from "./exists.ts";
import { identityFile } from "./names.ts";

export interface EncryptionSettings {
  /** Of the repository. */
  readonly name: string;
  readonly path: string;
  readonly recipients: readonly string[];
  readonly recipientsFile?: string;
  readonly identity?: string;
  readonly passphrase?: string;
}

/** Whom a repository's files are encrypted to, and what opens them. */
export interface Encryption {
  /**
   * At least one. What a passphrase opens is made where it is missing; with `looks` it is left out
   * instead.
   */
  recipients(how?: "looks"): Promise<readonly string[]>;
  /** The content of an identity file; WRONG_CREDENTIALS says what is missing. */
  identity(): Promise<string>;
}

export function createEncryption(settings: EncryptionSettings): Encryption {
  const { name, path, passphrase } = settings;
  const file = join(path, identityFile);
  let known: Promise<KeyPair> | undefined;
  const once = (work: () => Promise<KeyPair>): Promise<KeyPair> => {
    known ??= work();
    known.catch(() => {
      known = undefined; // the file may come, and the next one asks again
    });
    return known;
  };
  const unlocked = async (secret: string) => unlock(await readFile(file), secret, file);

  const keyPair = (secret: string): Promise<KeyPair> =>
    once(async () => {
      if (await exists(file)) return unlocked(secret);
      const made = await makeKeyPair();
      await writeDurably(file, await lock(made, secret));
      return made;
    });
  /** Of a passphrase, where there is one. */
  const keyPairs = async (how?: "looks"): Promise<KeyPair[]> => {
    if (passphrase === undefined) return [];
    if (how === "looks" && !(await exists(file))) return [];
    return [await keyPair(passphrase)];
  };

  return {
    recipients: async (how) => {
      const { recipients, recipientsFile } = settings;
      const listed = recipientsFile === undefined ? [] : await parseRecipients(recipientsFile);
      const own = (await keyPairs(how)).map(({ recipient }) => recipient);
      return [...new Set([...recipients, ...listed, ...own])];
    },
    identity: async () => {
      const own = (await keyPairs("looks")).map(({ identity }) => identity);
      const all = [...(settings.identity === undefined ? [] : [settings.identity]), ...own];
      if (all.length > 0) return all.join("\n");
      throw new StackholdError(
        "WRONG_CREDENTIALS",
        `repository ${name} is encrypted, and nothing is configured that opens it`,
        {
          hint: `give \`repositories.${name}.encryption\` an \`identity_file\` (what age-keygen wrote), or its passphrase`,
        },
      );
    },
  };
}
