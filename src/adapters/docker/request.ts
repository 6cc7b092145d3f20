import type http from "node:http";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Transport } from "./transport.ts";

export interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  /** Without the API version; encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  /** A tar in place of a body, read as it is sent; asked for again where the call is sent again. */
  readonly content?: () => AsyncIterable<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of silence until the answer begins; none where absent or 0. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** It may take minutes. */
  readonly long?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** Anything between two programs that keeps an answer from arriving. */
export class ConnectionFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "ConnectionFailure";
    this.code = code;
  }
}

/** The whole answer. Throws ConnectionFailure, also when the connection ends in its midst. */
export async function exchange(transport: Transport, call: Call): Promise<Answer> {
  const response = await open(transport, call);
  try {
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      text: await text(response),
    };
  } catch (thrown) {
    throw asFailure(thrown);
  }
}

/**
 * The answer as soon as its head is here. A kept connection that the engine closed just as it was
 * used again is replaced once.
 */
export async function open(transport: Transport, call: Call): Promise<http.IncomingMessage> {
  try {
    return await send(transport, call);
  } catch (thrown) {
    if (!(thrown instanceof StaleConnection)) throw thrown;
    return await send(transport, call);
  }
}

class StaleConnection extends ConnectionFailure {}

function send(transport: Transport, call: Call): Promise<http.IncomingMessage> {
  const payload = call.body === undefined ? undefined : JSON.stringify(call.body);
  return new Promise((resolve, reject) => {
    const request = transport.request(
      {
        method: call.method,
        path: call.path + queryText(call.query),
        headers: { ...call.headers, ...contentHeaders(call, payload) },
        ...(call.signal === undefined ? {} : { signal: call.signal }),
      },
      call.long === true ? "long" : "short",
    );
    limitSilence(request, call.timeoutMs);
    request.on("response", resolve);
    request.on("error", (thrown) =>
      reject(request.reusedSocket && isReset(thrown) ? stale(thrown) : asFailure(thrown)),
    );
    if (call.content === undefined) request.end(payload);
    else pour(call.content(), request);
  });
}

/** A content that throws ends the request. */
function pour(content: AsyncIterable<Uint8Array>, request: http.ClientRequest): void {
  const source = Readable.from(content, { objectMode: false });
  source.on("error", (thrown) => request.destroy(thrown));
  request.on("close", () => source.destroy());
  source.pipe(request);
}

/** Counted from when the request has a connection: before, it waits for others of ours. */
function limitSilence(request: http.ClientRequest, timeoutMs = 0): void {
  if (timeoutMs === 0) return;
  const seconds = Math.round(timeoutMs / 1000);
  const late = new ConnectionFailure("ETIMEDOUT", `no answer within ${seconds} s`);
  request.once("socket", () => {
    const limit = setTimeout(() => request.destroy(late), timeoutMs);
    for (const end of ["response", "close"]) request.once(end, () => clearTimeout(limit));
  });
}

function contentHeaders(
  { content }: Call,
  payload: string | undefined,
): Record<string, string | number> {
  if (content !== undefined) return { "content-type": "application/x-tar" };
  if (payload === undefined) return { "content-length": 0 };
  return { "content-type": "application/json", "content-length": Buffer.byteLength(payload) };
}

function queryText(query: Call["query"]): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) parameters.set(name, String(value));
  return parameters.size === 0 ? "" : `?${parameters}`;
}

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";

const isReset = (thrown: unknown) => ["ECONNRESET", "EPIPE"].includes(codeOf(thrown));

const stale = (thrown: Error) => new StaleConnection(codeOf(thrown), thrown.message, thrown);

export function asFailure(thrown: unknown): Error {
  if (thrown instanceof ConnectionFailure) return thrown;
  if (!(thrown instanceof Error)) return new ConnectionFailure("", String(thrown));
  if (thrown.name === "AbortError") return thrown;
  const text = thrown instanceof AggregateError ? thrown.errors.map(String).join(", ") : undefined;
  return new ConnectionFailure(codeOf(thrown), text ?? thrown.message, thrown);
}
