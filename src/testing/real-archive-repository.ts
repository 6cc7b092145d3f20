import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createArchiveRepository } from "../adapters/archive/repository.ts";
import { createSystemClock } from "../adapters/system-clock/system-clock.ts";
import { createTarCapture } from "../adapters/tar/tar-capture.ts";
import type { Compression } from "../domain/manifest.ts";
import { createRunner, type Runner } from "../exec/runner.ts";
import type { Capture } from "../ports/capture.ts";
import type { Repository } from "../ports/repository.ts";

/** An archive repository with the real tar behind it. */
export function createRealRepository(
  path: string,
  compression: Compression = "zstd",
  name = "local",
): Repository {
  const settings = { name, path, compression, level: 3 };
  const capture = realCapture();
  return createArchiveRepository(settings, { capture, clock: createSystemClock() });
}

export function realCapture(): Capture {
  return createTarCapture({ runner: realRunner() });
}

export function realRunner(): Runner {
  const { monotonic } = createSystemClock();
  return createRunner({ environment: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" }, monotonic });
}

/** As if the process that writes a partial point had died: it was started at another moment. */
export async function abandonWriter(partial: string): Promise<void> {
  const path = join(partial, "writer.json");
  const writer: unknown = JSON.parse(await readFile(path, "utf8"));
  await writeFile(path, JSON.stringify(Object.assign({}, writer, { startTime: "1" })));
}
