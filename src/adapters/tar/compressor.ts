import type { ArchiveTarget } from "../../ports/capture.ts";

type Compressing = Pick<ArchiveTarget, "compression" | "level">;

/** Reads stdin, writes stdout; the same bytes for the same input. */
export function compressor(target: Compressing): readonly [program: string, ...args: string[]] {
  const level = Math.max(1, Math.trunc(target.level));
  if (target.compression === "none") return ["cat"];
  if (target.compression === "gzip") return ["gzip", "-n", `-${Math.min(level, 9)}`];
  return ["zstd", ...(level > 19 ? ["--ultra"] : []), `-${Math.min(level, 22)}`, "-T0", "-q"];
}

/** For tar, which hands the text to /bin/sh: nothing but a number varies in it. */
export function throughCompressor(target: Compressing): readonly string[] {
  return target.compression === "none" ? [] : ["-I", compressor(target).join(" ")];
}
