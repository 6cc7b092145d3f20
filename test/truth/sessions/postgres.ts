import type { Session } from "../numbered-writer.ts";
import { converse } from "./conversation.ts";

/**
 * PostgreSQL's protocol 3.0 as far as it is needed for a user whom the server trusts:
 * https://www.postgresql.org/docs/15/protocol-message-formats.html
 */
export async function postgresSession(
  port: number,
  statement: (number: number) => string,
): Promise<Session> {
  const talk = await converse(port);
  const start = Buffer.from("\0\x03\0\0user\0postgres\0database\0postgres\0\0", "latin1");
  const open = await talk.ask(framed("", start), isReady).catch((error: unknown) => {
    talk.close();
    throw error;
  });
  refuseError(open);
  return {
    store: async (number) =>
      refuseError(await talk.ask(framed("Q", Buffer.from(`${statement(number)}\0`)), isReady)),
    close: talk.close,
  };
}

/** A message is its type, its length with these four bytes, and its content. */
function framed(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(type), length, content]);
}

function* messages(answer: Buffer): Generator<{ type: string; content: Buffer }> {
  for (let at = 0; at + 5 <= answer.length; ) {
    const end = at + 1 + answer.readInt32BE(at + 1);
    if (end > answer.length) return;
    yield { type: answer.toString("latin1", at, at + 1), content: answer.subarray(at + 5, end) };
    at = end;
  }
}

/** `Z`, ReadyForQuery, comes after the commit; a fatal error has none, the server just leaves. */
function isReady(answer: Buffer): boolean {
  return [...messages(answer)].some(({ type }) => type === "Z");
}

function refuseError(answer: Buffer): void {
  const error = [...messages(answer)].find(({ type }) => type === "E");
  if (error) throw new Error(error.content.toString().replaceAll("\0", " "));
}
