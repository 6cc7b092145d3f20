import { spawnSync } from "node:child_process";
import { accessSync, constants, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { documentedCommands } from "./commands.ts";

/** The odd tree has times before 1970 and far ahead. */
const remark = /time stamp/;
const programs = ["sh", "tar", "zstd", "gzip", "sha256sum", "mkdir", "rm", "xargs", "touch", "cat"];

/** A directory for PATH that has the programs of the page and no others. */
export function onlyThese(directory: string, more: readonly string[] = []): string {
  mkdirSync(directory);
  for (const program of [...programs, ...more]) {
    const found = ["/usr/bin", "/bin"].map((path) => join(path, program)).find(isExecutable);
    if (found === undefined) throw new Error(`${program} is not installed`);
    symlinkSync(found, join(directory, program));
  }
  return directory;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Does what the page says. */
export function follow(
  scratch: string,
  point: string,
  before: () => void = () => {},
  identity?: string,
) {
  const target = join(scratch, "restored");
  before();
  const PATH = onlyThese(join(scratch, "bin"), identity === undefined ? [] : ["age"]);
  const key = identity && { identity, opened: join(scratch, "opened") };
  const script = documentedCommands(point, target, key || undefined);
  const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", script], {
    env: { PATH },
    encoding: "utf8",
  });
  return { status, stdout, stderr, target };
}

export function complaintsIn(stderr: string): string[] {
  return stderr.split("\n").filter((line) => line !== "" && !remark.test(line));
}
