import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { reasonOf, StackholdError } from "../../errors.ts";
import type { Tree } from "../../ports/capture.ts";
import { readMountPoints } from "./mounts.ts";

/** A tree that is read through an open directory, whatever its path shows by now. */
export interface ReachableTree extends Tree {
  readonly through?: string;
}

interface HeldMount {
  readonly handle: FileHandle;
  users: number;
}

export interface HeldMounts {
  hold(path: string): Promise<AsyncDisposable>;
  /** The tree as it is held, or as it is. */
  reach(tree: Tree): ReachableTree;
}

/**
 * Mounts that stay within reach although they are unmounted: the engine detaches a volume's mount when its
 * last user stops, and an open directory of it leads into it all the same.
 */
export function createHeldMounts(): HeldMounts {
  const held = new Map<string, HeldMount>();
  const release = async (path: string, mount: HeldMount) => {
    mount.users -= 1;
    if (mount.users > 0) return;
    held.delete(path);
    await mount.handle.close();
  };
  return {
    async hold(path) {
      const mount = held.get(path) ?? { handle: await openMount(path), users: 0 };
      held.set(path, mount);
      mount.users += 1;
      return { [Symbol.asyncDispose]: () => release(path, mount) };
    },
    reach(tree) {
      const mount = held.get(tree.path);
      if (mount === undefined) return tree;
      return { ...tree, through: `/proc/${process.pid}/fd/${mount.handle.fd}` };
    },
  };
}

/** Looked at after it is open: what is unmounted in between is not taken for the mount. */
async function openMount(path: string): Promise<FileHandle> {
  const refuse = (why: string, cause?: unknown) =>
    new StackholdError("SOURCE_UNREADABLE", `${path} is not read: ${why}`, {
      hint: "its volume is mounted only while a container uses it: start its unit and run again",
      ...(cause === undefined ? {} : { cause }),
    });
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY).catch(
    (cause: unknown) => {
      throw refuse(reasonOf(cause), cause);
    },
  );
  const above = await open(`${path}/..`, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const [{ dev }, { dev: devAbove }] = await Promise.all([handle.stat(), above.stat()]);
    if ((await readMountPoints()).includes(path) && dev !== devAbove) return handle;
    await handle.close();
    throw refuse("nothing is mounted there any more");
  } finally {
    await above.close();
  }
}
