import type { Environment } from "../../exec/environment.ts";

/**
 * A shell between a file and its archive, which reads stdin and writes stdout. Its text is constant;
 * what varies comes by its environment, so that neither a path nor a key is ever part of a command.
 * Of a pipe a shell tells only how its last program ended, so each writes how it did: both must do well.
 */
export interface Filter {
  readonly script: string;
  readonly environment: Environment;
}

const sealScript = `exec 4>&1
ends=$({ { $STACKHOLD_COMPRESSOR 3>&- 4>&-
echo $? >&3; } | { age --encrypt --recipients-file /dev/fd/5 5<<KEYS >&4 3>&- 4>&-
$STACKHOLD_AGE_RECIPIENTS
KEYS
echo $? >&3; }; } 3>&1)
test "$ends" = "0
0"`;

const openScript = `exec 4>&1
ends=$({ { age --decrypt --identity /dev/fd/5 5<<KEYS 3>&- 4>&-
$STACKHOLD_AGE_IDENTITY
KEYS
echo $? >&3; } | { $STACKHOLD_DECOMPRESSOR >&4 3>&- 4>&-
echo $? >&3; }; } 3>&1)
test "$ends" = "0
0"`;

/** The ending of a file that is encrypted, after all others. */
export const sealedExtension = ".age";

export function isSealed(file: string): boolean {
  return file.endsWith(sealedExtension);
}

/** Compresses by this command and encrypts for these. */
export function sealing(compressor: readonly string[], recipients: readonly string[]): Filter {
  return {
    script: sealScript,
    environment: {
      STACKHOLD_COMPRESSOR: compressor.join(" "),
      STACKHOLD_AGE_RECIPIENTS: recipients.join("\n"),
    },
  };
}

/** Decrypts, and decompresses by this command. */
export function opening(decompressor: readonly string[], identity: string): Filter {
  return {
    script: openScript,
    environment: {
      STACKHOLD_DECOMPRESSOR: decompressor.join(" "),
      STACKHOLD_AGE_IDENTITY: identity,
    },
  };
}

/** What reads a file of this name once it is decrypted. */
export function decompressorOf(file: string): readonly string[] {
  const inner = file.slice(0, -sealedExtension.length);
  if (inner.endsWith(".zst")) return ["zstd", "-dcq"];
  return inner.endsWith(".gz") ? ["gzip", "-dcq"] : ["cat"];
}

/**
 * As tar's own program: tar hands the text to a shell when it writes, splits it into words when it
 * reads, and adds -d then, which the inner shell takes for its name.
 */
export function asTarProgram({ script, environment }: Filter) {
  return {
    args: ["-I", `sh -c 'eval "$STACKHOLD_FILTER"'`],
    environment: { ...environment, STACKHOLD_FILTER: script },
  } as const;
}

export function asCommand({ script, environment }: Filter) {
  return { command: { program: "sh", args: ["-c", script] }, environment } as const;
}
