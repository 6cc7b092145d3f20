/** Cuts what a program prints into lines that are fit for a log, whatever it prints. */
export interface OutputLines {
  push(bytes: Uint8Array): void;
  /** Hands over a last line without its end. */
  end(): void;
}

/** Characters; a longer line is cut. */
const longest = 4096;
/** Lines; what follows is not handed over, and said so once. */
const most = 10_000;

/** One limit for the streams of one program. */
export function outputLines(onLine: (line: string) => void): () => OutputLines {
  let lines = 0;
  const tell = (line: string) => {
    lines += 1;
    if (lines <= most) onLine(line);
    else if (lines === most + 1) onLine(`it prints more than ${most} lines: the rest is left out`);
  };
  return () => oneStream(tell);
}

function oneStream(tell: (line: string) => void): OutputLines {
  const decoder = new TextDecoder();
  let carried = "";
  const take = (text: string) => {
    const parts = text.split("\n");
    for (const [index, part] of parts.entries()) {
      carried = (carried + part).slice(0, longest);
      if (index === parts.length - 1) return;
      tell(carried.replace(/\r$/, ""));
      carried = "";
    }
  };
  return {
    push: (bytes) => take(decoder.decode(bytes, { stream: true })),
    end: () => {
      take(decoder.decode());
      if (carried !== "") tell(carried);
      carried = "";
    },
  };
}
