import { lstat } from "node:fs/promises";
import { isMissing } from "./errors.ts";

/** Whether anything has the name, a dangling link too. Throws when that cannot be told. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (thrown) {
    if (isMissing(thrown)) return false;
    throw thrown;
  }
}
