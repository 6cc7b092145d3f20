import { createReadStream } from "node:fs";
import type { Readable, Transform } from "node:stream";
import { PassThrough } from "node:stream";
import {
  constants,
  createGunzip,
  createGzip,
  createZstdCompress,
  createZstdDecompress,
} from "node:zlib";
import type { Compression } from "../../domain/manifest.ts";
import type { ArchiveSettings } from "./settings.ts";

/** As the programs of these names would write and read it. */
export function compressing({
  compression,
  level,
}: Pick<ArchiveSettings, "compression" | "level">): Transform {
  const whole = Math.max(1, Math.trunc(level));
  if (compression === "none") return new PassThrough();
  if (compression === "gzip") return createGzip({ level: Math.min(whole, 9) });
  return createZstdCompress({
    params: {
      [constants.ZSTD_c_compressionLevel]: Math.min(whole, 22),
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  });
}

/** Fails where the file does not hold what it says. */
export function decompressed(path: string, compression: Compression): Readable {
  const file = createReadStream(path);
  if (compression === "none") return file;
  const inner = compression === "gzip" ? createGunzip() : createZstdDecompress();
  file.on("error", (thrown) => inner.destroy(thrown));
  inner.on("close", () => file.destroy());
  return file.pipe(inner);
}
