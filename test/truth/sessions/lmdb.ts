import type { Session } from "../numbered-writer.ts";
import { converse } from "./conversation.ts";

/** What `store serve` of the image understands. */
export async function lmdbSession(port: number, client: number): Promise<Session> {
  const talk = await converse(port);
  return {
    store: async (number) => {
      const question = Buffer.from(`${client} ${number}\n`);
      const answer = await talk.ask(question, (text) => text.includes("\n"));
      if (answer.toString() !== "ok\n") throw new Error(answer.toString());
    },
    close: talk.close,
  };
}
