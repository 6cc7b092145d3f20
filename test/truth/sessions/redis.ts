import type { Session } from "../numbered-writer.ts";
import { converse } from "./conversation.ts";

/** RESP: https://redis.io/docs/latest/develop/reference/protocol-spec/ */
export async function redisSession(
  port: number,
  command: (number: number) => string,
): Promise<Session> {
  const talk = await converse(port);
  return {
    store: async (number) => {
      const question = Buffer.from(`${command(number)}\r\n`);
      const answer = await talk.ask(question, (text) => text.toString().endsWith("\r\n"));
      if (answer.toString() !== "+OK\r\n") throw new Error(answer.toString());
    },
    close: talk.close,
  };
}
