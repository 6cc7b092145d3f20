/** Where a reporter writes: process.stdout, process.stderr, or what a test hands in. */
export interface Output {
  write(text: string): unknown;
  on?(event: "error", listener: (error: Error) => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Writer {
  lines(lines: readonly string[]): void;
  raw(text: string): void;
}

/**
 * Never throws: when the reader is gone (EPIPE, a closed terminal) what is written goes nowhere,
 * and the run goes on.
 */
export function createWriter(output: Output): Writer {
  let isOpen = true;
  output.on?.("error", () => {
    isOpen = false;
  });
  const raw = (text: string): void => {
    if (!isOpen || text === "") return;
    try {
      output.write(text);
    } catch {
      isOpen = false;
    }
  };
  return { raw, lines: (lines) => raw(lines.map((line) => `${line}\n`).join("")) };
}
