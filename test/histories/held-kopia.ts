import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installKopia } from "../bed/kopia.ts";
import { fakePrograms } from "../support/fake-programs.ts";
import type { Holding } from "./way.ts";

/** A PATH whose kopia can be made to stand still in the middle of a tree. */
export interface HeldKopia extends AsyncDisposable, Holding {
  readonly path: string;
}

/** The gate's FIFOs are served by the hand. */
export async function holdKopia(gate: string): Promise<HeldKopia> {
  const armed = join(gate, "armed");
  const taken = join(gate, "taken");
  const script = join(import.meta.dirname, "held_kopia.py");
  const programs = await fakePrograms({
    kopia: `REAL='${await installKopia()}'
case " $* " in
*" snapshot create "*)
  if mv '${armed}' '${taken}' 2>/dev/null; then
    read -r entries < '${taken}'
    exec python3 -B '${script}' '${gate}' "$entries" "$REAL" "$@"
  fi ;;
esac
exec "$REAL" "$@"`,
  });
  return {
    path: programs.path,
    arm: ({ entries }, step) =>
      writeFile(armed, `${Math.max(1, Math.ceil((entries * step) / 100))}\n`),
    disarm: async () => {
      await Promise.all([armed, taken].map((file) => rm(file, { force: true })));
    },
    [Symbol.asyncDispose]: () => programs[Symbol.asyncDispose](),
  };
}
