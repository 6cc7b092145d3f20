import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { StackholdError } from "../../errors.ts";
import type { Client } from "./client.ts";
import { imagePath } from "./images.ts";
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

/** By its id: what comes has no names, so that a load moves none. */
export async function* saveImage(
  id: string,
  client: Client,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const what = `reading of image ${id}`;
  const response = await client.stream({
    ...patient,
    method: "GET",
    path: `${imagePath(id)}/get`,
    what,
    missing: "IMAGE_MISSING",
    ...(signal === undefined ? {} : { signal }),
  });
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
  let failure: { readonly thrown: unknown } | undefined;
  async function* watched() {
    try {
      yield* content();
    } catch (thrown) {
      failure = { thrown };
      throw thrown;
    }
  }
  try {
    await load(watched, what, client, signal);
  } catch (thrown) {
    throw failure === undefined ? thrown : failure.thrown;
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
