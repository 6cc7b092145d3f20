import { lstat, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { isAbsent, systemError } from "./errno.ts";
import { flushDirectories } from "./place.ts";

interface Attributes {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Through a file beside it, so that it is there whole or not at all. */
export async function writeText(file: string, text: string, place = file): Promise<void> {
  const temporary = `${file}.stackhold-tmp`;
  try {
    const { mode, uid, gid } = await attributesFor(place);
    await rm(temporary, { force: true });
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(text);
      const own = await handle.stat();
      if (own.uid !== uid || own.gid !== gid) await handle.chown(uid, gid);
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await flushDirectories(dirname(file));
  } catch (failure) {
    await rm(temporary, { force: true }).catch(() => {});
    throw systemError(failure, `cannot write ${file}`);
  }
}

async function attributesFor(file: string): Promise<Attributes> {
  try {
    const there = await lstat(file);
    if (there.isFile()) return { ...there, mode: there.mode & 0o777 };
  } catch (failure) {
    if (!isAbsent(failure)) throw failure;
  }
  const { uid, gid } = await stat(dirname(file));
  return { mode: 0o600, uid, gid };
}
