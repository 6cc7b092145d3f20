import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kopiaProgram, pathWithKopia } from "./kopia.ts";

/** Kopia on a PATH of its own, which notes each start. */
export interface CountedKopia extends AsyncDisposable {
  readonly path: string;
  /** What it was started for since it was asked last, sorted: two words of each command, and its source where it has one. */
  starts(): Promise<string[]>;
}

export async function countedKopia(): Promise<CountedKopia> {
  const directory = await mkdtemp(join(tmpdir(), "stackhold-counted-"));
  const log = join(directory, "log");
  const script = `#!/bin/sh
words= source=
for arg do
  case $arg in
  --version) words=$arg ;;
  --override-source=*) source=" \${arg#*:}" ;;
  -* | /*) ;;
  *) words="\${words:+$words }$arg" ;;
  esac
done
echo "$words$source" >> ${log}
exec ${kopiaProgram} "$@"
`;
  await writeFile(log, "");
  await writeFile(join(directory, "kopia"), script);
  await chmod(join(directory, "kopia"), 0o755);
  return {
    path: `${directory}:${pathWithKopia()}`,
    starts: async () => {
      const lines = (await readFile(log, "utf8")).split("\n").filter((line) => line !== "");
      await writeFile(log, "");
      return lines.toSorted();
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
