import { constants, type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ByteSink } from "../../../exec/command.ts";
import { requireSuccess } from "../../../exec/result.ts";
import type { Runner } from "../../../exec/runner.ts";
import { errnoOf } from "../../tar/errno.ts";

/** Writes all of a stream; asked again, it begins anew. */
export type Pouring = (onBytes: ByteSink["onBytes"]) => Promise<void>;

interface Place {
  readonly runner: Pick<Runner, "run">;
  /** Existing, empty and private. */
  readonly directory: string;
}

async function makeFifo(path: string, { runner }: Place): Promise<void> {
  requireSuccess(await runner.run({ program: "mkfifo", args: ["--mode=600", path] }));
}

/** Who reads may have seen enough: it is for him to say whether he was content. */
async function pourInto(handle: FileHandle, pour: Pouring): Promise<void> {
  try {
    await pour((bytes) => handle.appendFile(bytes));
  } catch (failure) {
    if (errnoOf(failure) !== "EPIPE") throw failure;
  }
}

/**
 * Lets programs read a stream as a file, as often as they open it, without any of it touching the
 * disk: each opening of the pipe at the path is answered by the stream from its beginning. Openings
 * come one after the other. A stream that fails fails the work, whatever its readers made of it.
 */
export async function withStream<T>(
  pour: Pouring,
  place: Place,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const path = join(place.directory, "stream");
  let isOver = false;
  let failure: unknown;
  const answer = async (handle: FileHandle) => {
    try {
      // The next reader must not meet this one's stream.
      await makeFifo(`${path}.next`, place);
      await rename(`${path}.next`, path);
      await pourInto(handle, pour);
    } catch (error) {
      failure ??= error;
      await rm(path, { force: true }); // so that nobody waits there for more
    } finally {
      await handle.close();
    }
  };
  const feed = async () => {
    while (!isOver) {
      const handle = await open(path, "w"); // waits for who reads
      if (isOver) return await handle.close();
      await answer(handle);
      if (failure !== undefined) return;
    }
  };
  await makeFifo(path, place);
  const feeding = feed().catch((error: unknown) => {
    failure ??= error;
  });
  const [done] = await Promise.allSettled([work(path)]);
  isOver = true;
  const release = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(noPipe);
  await feeding;
  await release?.close();
  if (failure !== undefined) throw failure;
  if (done.status === "rejected") throw done.reason;
  return done.value;
}

function noPipe(error: unknown): undefined {
  if (errnoOf(error) === "ENOENT") return undefined;
  throw error;
}
