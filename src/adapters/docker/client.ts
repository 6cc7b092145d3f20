import type http from "node:http";
import { text } from "node:stream/consumers";
import type { z } from "zod";
import { type ErrorCode, StackholdError } from "../../errors.ts";
import type { Connect, Connection } from "./connect.ts";
import { noAnswer, refused, unexpected } from "./failures.ts";
import { type Answer, asFailure, type Call, ConnectionFailure, exchange, open } from "./request.ts";

export interface Question extends Call {
  /** What is asked for, as the beginning of a message: `container web`. */
  readonly what: string;
  /** What a 404 means; ENGINE_ERROR where absent. */
  readonly missing?: ErrorCode;
}

/** Requests with the engine's version in their path and our errors in place of HTTP's. */
export interface Client {
  connection(): Promise<Connection>;
  /** Throws unless the status is below 400. */
  ask(question: Question): Promise<Answer>;
  json<T>(question: Question, schema: z.ZodType<T>): Promise<T>;
  /** The open answer; the caller reads it to its end or destroys it. */
  stream(question: Question): Promise<http.IncomingMessage>;
  /** Our error for whatever breaks a stream. */
  broken(thrown: unknown): Promise<unknown>;
}

/** An engine that is busy answers late; one that hangs must not hang us. */
const patienceMs = 60_000;

export function engineClient(connect: Connect): Client {
  const translated = async <T>(connection: Connection, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      throw toError(thrown, connection);
    }
  };
  const versioned = (question: Question, { prefix }: Connection): Call => ({
    timeoutMs: patienceMs,
    ...question,
    path: prefix + question.path,
  });
  const failed = (answer: Answer, question: Question): StackholdError =>
    refused(answer, question.what, question.missing ?? "ENGINE_ERROR");

  async function ask(question: Question): Promise<Answer> {
    const connection = await connect();
    const call = versioned(question, connection);
    const answer = await translated(connection, () => exchange(connection.transport, call));
    if (answer.status >= 400) throw failed(answer, question);
    return answer;
  }

  return {
    connection: connect,
    ask,
    async json(question, schema) {
      const answer = await ask(question);
      try {
        return schema.parse(JSON.parse(answer.text));
      } catch (cause) {
        throw unexpected(question.what, cause);
      }
    },
    async stream(question) {
      const connection = await connect();
      const call = versioned(question, connection);
      const response = await translated(connection, () => open(connection.transport, call));
      const { statusCode: status = 0, headers } = response;
      if (status < 400) return response;
      throw failed({ status, headers, text: await text(response).catch(() => "") }, question);
    },
    async broken(thrown) {
      return toError(asFailure(thrown), await connect());
    },
  };
}

function toError(thrown: unknown, { transport }: Connection): unknown {
  if (thrown instanceof ConnectionFailure) return noAnswer(thrown, transport.way);
  if (!(thrown instanceof Error) || thrown.name !== "AbortError") return thrown;
  return new StackholdError("CANCELLED", "the request to the engine was cancelled", {
    cause: thrown,
  });
}
