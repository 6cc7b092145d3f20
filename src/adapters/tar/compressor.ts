import type { Command } from "../../exec/command.ts";
import type { Environment } from "../../exec/environment.ts";
import type { ArchiveTarget } from "../../ports/capture.ts";
import { asCommand, asTarProgram, sealing } from "../age/filters.ts";

type Compressing = Pick<ArchiveTarget, "compression" | "level" | "recipients">;

/** Reads stdin, writes stdout; the same bytes for the same input. */
export function compressor(target: Compressing): readonly [program: string, ...args: string[]] {
  const level = Math.max(1, Math.trunc(target.level));
  if (target.compression === "none") return ["cat"];
  if (target.compression === "gzip") return ["gzip", "-n", `-${Math.min(level, 9)}`];
  return ["zstd", ...(level > 19 ? ["--ultra"] : []), `-${Math.min(level, 22)}`, "-T0", "-q"];
}

/** For tar, which hands the text to /bin/sh: nothing but a number varies in it. */
export function throughCompressor(target: Compressing): {
  readonly args: readonly string[];
  readonly environment: Environment;
} {
  const { compression, recipients } = target;
  if (recipients !== undefined) return asTarProgram(sealing(compressor(target), recipients));
  const args = compression === "none" ? [] : ["-I", compressor(target).join(" ")];
  return { args, environment: {} };
}

/** The same by itself. */
export function compressing(target: Compressing): {
  readonly command: Command;
  readonly environment: Environment;
} {
  const { recipients } = target;
  if (recipients !== undefined) return asCommand(sealing(compressor(target), recipients));
  const [program, ...args] = compressor(target);
  return { command: { program, args }, environment: {} };
}
