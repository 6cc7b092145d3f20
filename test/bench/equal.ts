import { createFlags } from "../../src/adapters/tar/flags.ts";
import { shell, timed } from "./command.ts";

/** Throws unless two archives list the same entries: names, types, modes, owners, sizes, times. */
export async function requireSameEntries(one: string, other: string): Promise<void> {
  const line =
    'zstd -d -q -c "$1" | tar --numeric-owner --full-time -tvf - | LC_ALL=C sort | sha256sum';
  requireSame(await hash(line, one), await hash(line, other), `${one} and ${other}`);
}

/** Throws unless two trees hold the same, metadata included: tar of the same tree has the same bytes. */
export async function requireSameTree(one: string, other: string): Promise<void> {
  const line = 'dir=$1; shift; tar "$@" --sort=name -cf - -C "$dir" . | sha256sum';
  const [a, b] = [await hash(line, one, ...createFlags), await hash(line, other, ...createFlags)];
  requireSame(a, b, `${one} and ${other}`);
}

async function hash(line: string, ...args: string[]): Promise<string> {
  return (await timed(shell(line, ...args))).stdout;
}

function requireSame(one: string, other: string, what: string): void {
  if (one !== other) throw new Error(`${what} differ: the comparison would not be one`);
}
