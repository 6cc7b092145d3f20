import { createReadStream } from "node:fs";
import type { Duplex, Readable, Transform } from "node:stream";
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

/** Fails where the file does not hold what it says. `opening` decrypts it. */
export function decompressed(path: string, compression: Compression, opening?: Duplex): Readable {
  const file = createReadStream(path);
  const plain = opening === undefined ? file : through(file, opening);
  if (compression === "none") return plain;
  return through(plain, compression === "gzip" ? createGunzip() : createZstdDecompress());
}

function through(from: Readable, inner: Duplex): Readable {
  from.on("error", (thrown) => inner.destroy(thrown));
  inner.on("close", () => from.destroy());
  return from.pipe(inner);
}
