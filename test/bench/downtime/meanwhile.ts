import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fakePrograms } from "../../support/fake-programs.ts";
import type { Subject } from "../subject.ts";
import type { ChangeKind } from "./change.ts";
import type { FreezeWay } from "./facts.ts";

/** Data that changes while a backup works. */
export interface Change {
  readonly kind: ChangeKind;
  readonly path: string;
}

const changer = join(import.meta.dirname, "change.ts");

/**
 * Does something with an environment in which the change is made once, when all is stored or
 * flushed and the stop comes next: the last program before it that reads or flushes the data does
 * not end before the change is made. Throws where that never came.
 */
export async function changedMeanwhile<T>(
  { source, scratch, env }: Subject,
  way: FreezeWay,
  change: Change,
  act: (env: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  const due = join(scratch, "change-is-due");
  await writeFile(due, "");
  const command = `'${process.execPath}' '${changer}' ${change.kind} '${change.path}'`;
  const last = {
    // Writes the archive of the data to its standard output.
    "two-phase": { program: "zstd", told: "readlink /proc/$$/fd/1", of: "*/volume-*|*/bind-*" },
    snapshot: { program: "sync", told: 'echo "$*"', of: `*'${dirname(source)}'*` },
  }[way];
  const script = `"$REAL" "$@" || exit
case $(${last.told}) in
  ${last.of}) if rm '${due}' 2>/dev/null; then ${command} </dev/null >/dev/null; fi ;;
esac`;
  await using programs = await fakePrograms({ [last.program]: script });
  const result = await act({ ...env, PATH: programs.path });
  if (existsSync(due)) throw new Error(`nothing was changed: ${last.program} never came to it`);
  return result;
}
