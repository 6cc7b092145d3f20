import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { reasonOf, StackholdError } from "../../errors.ts";

/** Whose programs are run, and where names without a directory are looked for. */
export interface Trust {
  /** Of this process. */
  readonly uid: number;
  /** As in the variable PATH. */
  readonly path: string;
}

const othersMayWrite = 0o002;
const sticky = 0o1000;

/** The file that would run; HOOK_FAILED where it is not there, or where others could change it. */
export async function trustedProgram(name: string, trust: Trust): Promise<string> {
  const file = await locate(name, trust.path);
  const real = await realpath(file).catch((cause: unknown) => {
    throw refused(name, reasonOf(cause), "see that the file is there", cause);
  });
  const { mode, uid, isFile } = await facts(real);
  if (!isFile) throw refused(name, "it is not a file", "name a script or a program");
  if (!isOurs(uid, trust)) {
    throw refused(name, `it belongs to the user with the number ${uid}`, `chown root ${real}`);
  }
  if ((mode & othersMayWrite) !== 0) {
    throw refused(name, "everybody may write to it", `chmod o-w ${real}`);
  }
  await access(real, constants.X_OK).catch((cause: unknown) => {
    throw refused(name, "it is not executable", `chmod +x ${real}`, cause);
  });
  if ((mode & 0o111) === 0) throw refused(name, "it is not executable", `chmod +x ${real}`);
  for (const directory of new Set([...above(file), ...above(real)])) {
    await refuseOpen(directory, name);
  }
  return file;
}

async function locate(name: string, path: string): Promise<string> {
  if (isAbsolute(name)) return name;
  for (const directory of path.split(delimiter).filter(isAbsolute)) {
    const file = join(directory, name);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found && !name.includes("/")) return file;
  }
  throw refused(name, "there is no such program on PATH", "name it with its whole path");
}

async function facts(file: string) {
  const found = await stat(file);
  return { mode: found.mode, uid: found.uid, isFile: found.isFile() };
}

function isOurs(uid: number, trust: Trust): boolean {
  return uid === 0 || uid === trust.uid;
}

function above(file: string): string[] {
  const parent = dirname(file);
  return parent === file ? [] : [parent, ...above(parent)];
}

/** Whoever may write to a directory puts another file in place of what is in it. */
async function refuseOpen(directory: string, name: string): Promise<void> {
  const { mode } = await facts(directory);
  if ((mode & othersMayWrite) === 0 || (mode & sticky) !== 0) return;
  throw refused(name, `everybody may write to ${directory}`, `chmod o-w ${directory}`);
}

function refused(name: string, why: string, hint: string, cause?: unknown): StackholdError {
  return new StackholdError("HOOK_FAILED", `the hook ${name} is refused: ${why}`, { hint, cause });
}
