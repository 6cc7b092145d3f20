import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fakePrograms } from "./fake-programs.ts";
import type { Workspace } from "./workspace.ts";

/** A compressor that does not begin before it is let go: what is stored at rest takes so long. */
export async function heldCompressor({ root }: Pick<Workspace, "root">) {
  const released = join(root, "go");
  await rm(released, { force: true });
  const wait = `while ! test -e ${released}; do sleep 0.05; done`;
  const script = `test "$1" = --version || ${wait}\nexec "$REAL" "$@"`;
  const programs = await fakePrograms({ zstd: script });
  return {
    env: { PATH: programs.path },
    release: () => writeFile(released, ""),
    [Symbol.asyncDispose]: () => programs[Symbol.asyncDispose](),
  };
}
