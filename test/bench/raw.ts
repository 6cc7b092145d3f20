import { createFlags, extractFlags } from "../../src/adapters/tar/flags.ts";
import { shell } from "./command.ts";

/** What somebody types who wants the same metadata, compression and nothing else. */
export function rawBackup(source: string, file: string): string[] {
  const line = 'out=$1; shift; tar "$@" -cf - . | zstd -3 -T0 -q >"$out"';
  return shell(line, file, ...createFlags, "-C", source);
}

export function rawRestore(file: string, directory: string): string[] {
  const line = 'in=$1; shift; zstd -d -q -c "$in" | tar "$@" -xf -';
  return shell(line, file, ...extractFlags, "-C", directory);
}
