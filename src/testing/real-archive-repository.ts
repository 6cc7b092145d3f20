import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AgeProgram, createAgeProgram } from "../adapters/age/age-program.ts";
import { createEncryption, type EncryptionSettings } from "../adapters/archive/encryption.ts";
import { createArchiveRepository } from "../adapters/archive/repository.ts";
import { createSystemClock } from "../adapters/system-clock/system-clock.ts";
import { createTarCapture } from "../adapters/tar/tar-capture.ts";
import type { Compression } from "../domain/manifest.ts";
import { programStream } from "../exec/program-stream.ts";
import { createRunner, type Runner } from "../exec/runner.ts";
import type { Capture } from "../ports/capture.ts";
import type { Repository } from "../ports/repository.ts";

/** An archive repository with the real tar behind it. */
export function createRealRepository(
  path: string,
  compression: Compression = "zstd",
  name = "local",
  encryption?: Partial<EncryptionSettings>,
): Repository {
  const settings = { name, path, compression, level: 3 };
  const clock = createSystemClock();
  if (encryption === undefined) {
    return createArchiveRepository(settings, { capture: realCapture(), clock });
  }
  const keys = createEncryption({ name, path, recipients: [], ...encryption });
  const capture = realCapture(keys.identity);
  return createArchiveRepository(settings, { capture, clock, sealing: { age: realAge(), keys } });
}

const environment = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };

export function realRunner(): Runner {
  return createRunner({ environment, monotonic: createSystemClock().monotonic });
}

export function realCapture(identity?: () => Promise<string>): Capture {
  return createTarCapture({
    runner: realRunner(),
    ...(identity === undefined ? {} : { identity }),
  });
}

function realAge(): AgeProgram {
  return createAgeProgram({
    runner: realRunner(),
    stream: (command, extra) => programStream(command, { environment, extra }),
  });
}

/** As if the process that writes a partial point had died: it was started at another moment. */
export async function abandonWriter(partial: string): Promise<void> {
  const path = join(partial, "writer.json");
  const writer: unknown = JSON.parse(await readFile(path, "utf8"));
  await writeFile(path, JSON.stringify(Object.assign({}, writer, { startTime: "1" })));
}
