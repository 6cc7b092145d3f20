import { readFile, stat } from "node:fs/promises";
import type { Activity, Measure } from "../../ports/capture.ts";

const intervalMs = 500;

/**
 * Reports what a process has read, as /proc/<pid>/io says (proc(5): rchar); where that may not be
 * read, how far the file has grown. Returns the function that ends it.
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
  const report = async () => {
    const read = (await bytesRead(pid)) ?? (await sizeOf(file));
    if (isOver || read === undefined) return;
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

async function bytesRead(pid: number): Promise<number | undefined> {
  try {
    const match = /^rchar: (\d+)$/m.exec(await readFile(`/proc/${pid}/io`, "utf8"));
    return match === null ? undefined : Number(match[1]);
  } catch {
    return undefined;
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch {
    return undefined;
  }
}
