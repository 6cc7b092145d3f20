import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeDirectories } from "../archive/make-directories.ts";

/**
 * Small files for whoever has their key. Nothing depends on them: what cannot be read is not there, what cannot be
 * written is not kept.
 */
export interface SealedFiles {
  read(name: string, key: Uint8Array): Promise<string | undefined>;
  write(name: string, key: Uint8Array, text: string): Promise<void>;
}

const algorithm = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;
const keptDays = 90;

export function sealedFiles(directory: string): SealedFiles {
  let swept: Promise<void> | undefined;
  return {
    async read(name, key) {
      try {
        return open(await readFile(join(directory, name)), key);
      } catch {
        return undefined;
      }
    },
    async write(name, key, text) {
      const temporary = join(directory, `${name}.${process.pid}.partial`);
      try {
        await makeDirectories(directory);
        await writeFile(temporary, seal(text, key), { mode: 0o600 });
        swept ??= removeOld(directory, (await stat(temporary)).mtimeMs);
        await swept;
        await rename(temporary, join(directory, name));
      } catch {
        await rm(temporary, { force: true }).catch(() => undefined);
      }
    },
  };
}

function seal(text: string, key: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce);
  const sealed = [cipher.update(text, "utf8"), cipher.final()];
  return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]);
}

/** Throws where the key is another one, or a byte. */
function open(bytes: Buffer, key: Uint8Array): string {
  const nonce = bytes.subarray(0, nonceBytes);
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  const text = decipher.update(bytes.subarray(nonceBytes + tagBytes));
  return Buffer.concat([text, decipher.final()]).toString("utf8");
}

/** Of stacks that are gone, and what a killed run left. */
async function removeOld(directory: string, nowMs: number): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const { mtimeMs } = await stat(path);
    if (nowMs - mtimeMs > keptDays * 86_400_000) await rm(path, { force: true });
  }
}
