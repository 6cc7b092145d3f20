import { createTarCapture } from "../../src/adapters/tar/tar-capture.ts";
import { createRunner } from "../../src/exec/runner.ts";
import type { Capture } from "../../src/ports/capture.ts";

/** The product's, with the programs of that PATH. */
export function realCapture(path: string): Capture {
  const environment = { ...process.env, PATH: path };
  return createTarCapture({
    // So small that trees of a few entries are divided and have unchanged stretches.
    pace: { portions: 3, least: 2, directory: 2, stretch: 3 },
    runner: createRunner({ environment, monotonic: () => performance.now() }),
  });
}
