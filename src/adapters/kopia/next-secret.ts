import { open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Secret } from "../../domain/secret.ts";
import { reasonOf } from "../../errors.ts";
import type { PasswordChange } from "../../ports/administration.ts";

/** A secret that waits beside the file that it will replace. */
export interface NextSecret {
  /** Where it waits; undefined where it cannot be kept. */
  readonly file?: string;
  install(): Promise<PasswordChange>;
  discard(): Promise<void>;
}

/** Durable when this returns. The file's owner and mode are kept; a link stays one. */
export async function prepareSecret(
  file: string | undefined,
  secret: Secret,
): Promise<NextSecret | undefined> {
  if (file === undefined) return undefined;
  try {
    return await writeBeside(await realpath(file), file, secret);
  } catch (failure) {
    const notKept = `${file} cannot be replaced: ${reasonOf(failure)}`;
    return { install: async () => ({ notKept }), discard: async () => {} };
  }
}

async function writeBeside(target: string, shown: string, secret: Secret): Promise<NextSecret> {
  const waiting = `${target}.new`;
  const { mode, uid, gid } = await stat(target);
  await rm(waiting, { force: true });
  {
    await using handle = await open(waiting, "wx", 0o600);
    await handle.chown(uid, gid);
    await handle.chmod(mode & 0o777);
    await handle.writeFile(`${secret.reveal()}\n`);
    await handle.sync();
  }
  await syncDirectory(target);
  return {
    file: waiting,
    install: async () => {
      await rename(waiting, target);
      await syncDirectory(target);
      return { keptIn: shown };
    },
    discard: () => rm(waiting, { force: true }),
  };
}

async function syncDirectory(file: string): Promise<void> {
  await using directory = await open(dirname(file), "r");
  await directory.sync();
}
