import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FakePrograms, fakePrograms } from "../support/fake-programs.ts";
import type { Holding } from "./way.ts";

/** A PATH whose tar can be made to stand still in the middle of an archive. */
export interface HeldTar extends AsyncDisposable, Holding {
  readonly path: string;
}

/** The gate's FIFOs are served by the hand. */
export async function holdTar(gate: string): Promise<HeldTar> {
  const armed = join(gate, "armed");
  const taken = join(gate, "taken");
  const ask = `echo > '${gate}/ask'; read -r answer < '${gate}/answer'`;
  const programs: FakePrograms = await fakePrograms({
    // By this name, because tar puts it before what it has to say.
    tar: `export PATH="\${REAL%/*}:$PATH"
case " $* " in
*" -cf "*)
  if mv '${armed}' '${taken}' 2>/dev/null; then
    read -r blocks < '${taken}'
    exec tar --blocking-factor=1 --checkpoint="$blocks" \\
      "--checkpoint-action=exec=${ask}" "$@"
  fi ;;
esac
exec tar "$@"`,
  });
  return {
    path: programs.path,
    arm: ({ blocks }, step) =>
      writeFile(armed, `${Math.max(1, Math.ceil((blocks * step) / 100))}\n`),
    disarm: async () => {
      await Promise.all([armed, taken].map((file) => rm(file, { force: true })));
    },
    [Symbol.asyncDispose]: () => programs[Symbol.asyncDispose](),
  };
}
