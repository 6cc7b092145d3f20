import type { Context } from "../context.ts";

const mostTold = 3;

/**
 * A full disk or a file system without attributes gives a warning for each file. People are told
 * the first ones and how many more there are, and where those can be read: by default the log of the run.
 */
export async function withFewWarnings<T>(
  unit: string,
  { emit }: Pick<Context, "emit">,
  work: (onWarning: (message: string) => void) => Promise<T>,
  where = "in the log",
): Promise<T> {
  let count = 0;
  const onWarning = (message: string) => {
    count += 1;
    emit({ type: "warning", unit, message, ...(count > mostTold ? { saidBy: "log" } : {}) });
  };
  try {
    return await work(onWarning);
  } finally {
    const more = count - mostTold;
    if (more > 0) emit({ type: "warning", unit, message: `… and ${more} more, ${where}` });
  }
}
