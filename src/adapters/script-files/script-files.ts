import { chmod, copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { functionsFile } from "../../domain/restore-script/render.ts";
import { reasonOf, StackholdError } from "../../errors.ts";
import type { ScriptDirectories, ScriptDirectory } from "../../ports/script-directories.ts";

/** Beside this module, or beside the bundle. */
const functions = fileURLToPath(new URL("./functions.sh", import.meta.url));

/** On this host. */
export function createScriptFiles(): ScriptDirectories {
  return {
    examine: async (path) => void (await entriesOf(path)),
    begin: (path) => writing(path, () => begin(path)),
  };
}

/** Undefined where there is no such directory. */
async function entriesOf(path: string): Promise<readonly string[] | undefined> {
  const entries = await readdir(path).catch((thrown: unknown) => {
    if (codeOf(thrown) === "ENOENT") return undefined;
    const why = codeOf(thrown) === "ENOTDIR" ? "it is not a directory" : reasonOf(thrown);
    throw refuse(path, why);
  });
  if (entries !== undefined && entries.length > 0) throw refuse(path, "it is not empty");
  return entries;
}

async function begin(path: string): Promise<ScriptDirectory> {
  const isThere = (await entriesOf(path)) !== undefined;
  await mkdir(path, { recursive: true, mode: 0o700 });
  const data = join(path, "data");
  const discard = async () => {
    if (!isThere) return rm(path, { recursive: true, force: true });
    for (const name of await readdir(path)) {
      await rm(join(path, name), { recursive: true, force: true });
    }
  };
  try {
    await chmod(path, 0o700);
    await mkdir(data, { mode: 0o700 });
    const shared = join(path, functionsFile);
    await copyFile(functions, shared);
    await chmod(shared, 0o600);
  } catch (thrown) {
    await discard();
    throw thrown;
  }
  return {
    data,
    write: ({ name, text, executable }) =>
      writing(path, () =>
        writeFile(join(path, name), text, { mode: executable ? 0o700 : 0o600, flag: "wx" }),
      ),
    discard,
  };
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}

function refuse(path: string, why: string): StackholdError {
  return new StackholdError("USAGE", `${path} cannot take the scripts: ${why}`, {
    hint: "nothing was written: name a directory that is empty or not there yet",
  });
}

async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof StackholdError) throw cause;
    const isFull = ["ENOSPC", "EDQUOT"].includes(codeOf(cause));
    throw new StackholdError(
      isFull ? "NO_SPACE" : "OUTPUT_UNWRITABLE",
      `the scripts cannot be written to ${path}: ${reasonOf(cause)}`,
      { hint: "name a directory that can be written and has room", cause },
    );
  }
}
