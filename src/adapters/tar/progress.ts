import { readFile, stat } from "node:fs/promises";
import type { Activity, Measure } from "../../ports/capture.ts";

const intervalMs = 500;

/**
 * Reports what a process has read, as /proc/<pid>/io says (proc(5): rchar); where that may not be
 * read, how far the file has grown. One that neither reads nor writes makes no progress, and nothing
 * is reported. Returns the function that ends it.
 */
export function watchProgress(
  pid: number | undefined,
  file: string,
  activity: Activity,
  total: () => Measure | undefined,
): () => void {
  const { onProgress } = activity;
  if (onProgress === undefined || pid === undefined) return () => {};
  let isOver = false;
  let before = "";
  const report = async () => {
    const size = await sizeOf(file);
    const { all: state, read = size } = await bytesRead(pid);
    const now = `${state}${size}`;
    if (isOver || read === undefined || now === before) return;
    before = now;
    const all = total();
    onProgress(
      all === undefined
        ? { bytes: read }
        : { bytes: Math.min(read, all.bytes), totalBytes: all.bytes, files: all.files },
    );
  };
  const timer = setInterval(() => void report(), intervalMs);
  return () => {
    isOver = true;
    clearInterval(timer);
  };
}

/** `all` differs whenever the process has read or written anything. */
async function bytesRead(pid: number): Promise<{ readonly all: string; readonly read?: number }> {
  try {
    const all = await readFile(`/proc/${pid}/io`, "utf8");
    const match = /^rchar: (\d+)$/m.exec(all);
    return match === null ? { all } : { all, read: Number(match[1]) };
  } catch {
    return { all: "" };
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch {
    return undefined;
  }
}
