import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { watching } from "../../domain/watched.ts";
import { isErrorCode, StackholdError } from "../../errors.ts";
import type { Client } from "./client.ts";
import { type Images, imagePath } from "./images.ts";
import { linesOf } from "./lines.ts";
import { failOn } from "./pull.ts";

/** Both take as long as the image is large. */
const patient = { long: true, timeoutMs: 0 } as const;

async function* reading<T>(
  response: IncomingMessage,
  content: AsyncIterable<T>,
  what: string,
  client: Client,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  try {
    yield* content;
  } catch (thrown) {
    if (signal?.aborted !== true) throw await client.broken(thrown);
    throw new StackholdError("CANCELLED", `${what} was cancelled`, { cause: thrown });
  } finally {
    response.destroy();
  }
}

/** A tar ends with two blocks of zeros. */
const endSize = 1024;

/** An engine that fails in the midst writes why, and ends the answer as if all were well. */
async function* wholeTar(
  content: AsyncIterable<Uint8Array>,
  what: string,
): AsyncGenerator<Uint8Array> {
  let end = Buffer.alloc(0);
  for await (const bytes of content) {
    end = Buffer.concat([end.subarray(-endSize), bytes.subarray(-endSize)]);
    yield bytes;
  }
  const last = end.subarray(-endSize);
  if (last.length === endSize && last.every((byte) => byte === 0)) return;
  const [said = "no more came"] = /\{"error.*/.exec(last.toString("latin1")) ?? [];
  throw new StackholdError("ENGINE_ERROR", `${what}: the engine broke off: ${said.trim()}`);
}

/** Of an image that is not there some engines say so with status 500. */
async function openImage(
  id: string,
  what: string,
  client: Client,
  images: Pick<Images, "find">,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  const missing = "IMAGE_MISSING";
  const path = `${imagePath(id)}/get`;
  try {
    const own = signal === undefined ? {} : { signal };
    return await client.stream({ ...patient, method: "GET", path, what, missing, ...own });
  } catch (thrown) {
    const isGone = isErrorCode(thrown, "ENGINE_ERROR") && (await images.find(id)) === undefined;
    if (!isGone) throw thrown;
    throw new StackholdError(missing, `${what}: the engine does not have it`, { cause: thrown });
  }
}

/** By its id: what comes has no names, so that a load moves none. */
export async function* saveImage(
  id: string,
  client: Client,
  images: Pick<Images, "find">,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const what = `reading of image ${id}`;
  const response = await openImage(id, what, client, images, signal);
  const content = reading<Uint8Array>(response, response, what, client, signal);
  yield* wholeTar(content, what);
}

/** The status is sent before the work: a failure is a line of the answer. */
export async function loadImage(
  content: () => AsyncIterable<Uint8Array>,
  client: Client,
  signal?: AbortSignal,
): Promise<void> {
  const what = "loading of an image";
  const watch = watching();
  try {
    await load(() => watch.through(content()), what, client, signal);
  } catch (thrown) {
    throw watch.failure === undefined ? thrown : watch.failure.thrown;
  }
}

async function load(
  content: () => AsyncIterable<Uint8Array>,
  what: string,
  client: Client,
  signal: AbortSignal | undefined,
): Promise<void> {
  const response = await client.stream({
    ...patient,
    method: "POST",
    path: "/images/load",
    query: { quiet: 1 },
    content,
    what,
    ...(signal === undefined ? {} : { signal }),
  });
  const lines = reading(response, linesOf(response), what, client, signal);
  for await (const line of lines) failOn(line, what);
}
