import { createTarCapture } from "../../src/adapters/tar/tar-capture.ts";
import { createRunner } from "../../src/exec/runner.ts";
import type { Capture } from "../../src/ports/capture.ts";

/** The product's, with the programs of that PATH. */
export function realCapture(path: string): Capture {
  const environment = { ...process.env, PATH: path };
  return createTarCapture({
    runner: createRunner({ environment, monotonic: () => performance.now() }),
  });
}
