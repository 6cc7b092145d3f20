import { readdir, readFile, readlink, stat } from "node:fs/promises";

/** Where the kernel lets a thread wait that opens a FIFO until somebody writes there, or a terminal until its line is up. */
const waitsToOpen = new Set(["wait_for_partner", "fifo_open", "tty_port_block_til_ready"]);
const pollMs = 1000;

/**
 * Looks each second at a process that means to read nothing but files and directories, and calls once it waits, at two
 * looks in a row, for what is none: a FIFO or device that took a file's place before it was opened, and may never end.
 * Does nothing where there is no /proc (proc(5): wchan, fd). Returns the function that ends it.
 */
export function watchHeldUp(pid: number, onHeldUp: () => void): () => void {
  let isOver = false;
  let isLooking = false;
  let before: ReadonlySet<string> = new Set();
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    const now = await holdUps(pid);
    const isSame = now.intersection(before).size > 0;
    before = now;
    isLooking = false;
    if (isOver || !isSame) return;
    end();
    onHeldUp();
  };
  const timer = setInterval(() => void look(), pollMs);
  const end = () => {
    isOver = true;
    clearInterval(timer);
  };
  return end;
}

/** A word for each: the thread that waits for an open, or what is open and is no file. */
export async function holdUps(pid: number): Promise<Set<string>> {
  const [threads, open] = await Promise.all([
    each(`/proc/${pid}/task`, async (thread) => {
      const waits = await readFile(`/proc/${pid}/task/${thread}/wchan`, "utf8");
      return waitsToOpen.has(waits) ? [`thread ${thread}`] : [];
    }),
    each(`/proc/${pid}/fd`, async (name) => {
      if (Number(name) <= 2) return []; // what it was given
      const file = `/proc/${pid}/fd/${name}`;
      const path = await readlink(file);
      if (!path.startsWith("/")) return []; // a pipe or socket of its own
      const found = await stat(file);
      const isStrange = found.isFIFO() || found.isCharacterDevice() || found.isBlockDevice();
      return isStrange ? [`${name} ${path}`] : [];
    }),
  ]);
  return new Set([...threads, ...open]);
}

/** What cannot be looked at is gone, or not ours to look at. */
async function each(
  directory: string,
  look: (name: string) => Promise<string[]>,
): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  const found = await Promise.all(names.map((name) => look(name).catch(() => [])));
  return found.flat();
}
