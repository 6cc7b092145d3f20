import type { Environment } from "../../exec/environment.ts";
import type { Runner } from "../../exec/runner.ts";
import { asTarProgram, decompressorOf, isSealed, opening } from "../age/filters.ts";
import { readRecords } from "./flags.ts";

/** A runner that also knows what opens encrypted files: an age identity, asked for when one is met. */
export interface Opener extends Runner {
  readonly identity?: () => Promise<string>;
}

export interface Opened {
  /** Of tar. */
  readonly args: readonly string[];
  readonly environment: Environment;
}

/** How tar is to read an archive: it sees by itself how one is compressed, not how it is encrypted. */
export async function opened(opener: Opener, file: string): Promise<Opened> {
  const plain = [...readRecords, "--file", file];
  if (opener.identity === undefined || !isSealed(file)) return { args: plain, environment: {} };
  const filter = opening(decompressorOf(file), await opener.identity());
  const { args, environment } = asTarProgram(filter);
  return { args: [...args, ...plain], environment };
}
