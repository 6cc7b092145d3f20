import type { Session } from "../numbered-writer.ts";
import { converse } from "./conversation.ts";

const capabilities = {
  longPassword: 1 << 0,
  connectWithDb: 1 << 3,
  protocol41: 1 << 9,
  secureConnection: 1 << 15,
  pluginAuth: 1 << 19,
};

/**
 * The client/server protocol as far as it is needed for statements without rows and a user without a
 * password: https://mariadb.com/kb/en/clientserver-protocol/
 */
export async function mariadbSession(
  port: number,
  statement: (number: number) => string,
): Promise<Session> {
  const talk = await converse(port);
  try {
    await talk.ask(Buffer.alloc(0), isComplete);
    refuseError(await talk.ask(packet(1, login), isComplete));
  } catch (error) {
    talk.close();
    throw error;
  }
  const query = (number: number) => packet(0, Buffer.from(`\x03${statement(number)}`));
  return {
    store: async (number) => refuseError(await talk.ask(query(number), isComplete)),
    close: talk.close,
  };
}

/** Capabilities, the largest packet, the character set utf8mb4, a reserve; then names, with no password between. */
const login = (() => {
  const head = Buffer.alloc(32);
  head.writeUInt32LE(Object.values(capabilities).reduce((all, one) => all | one));
  head.writeUInt32LE(1 << 24, 4);
  head.writeUInt8(45, 8);
  return Buffer.concat([head, Buffer.from("app\0\0app\0mysql_native_password\0", "latin1")]);
})();

/** A packet is the length of its content, its number in the exchange, and its content. */
function packet(sequence: number, content: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE(content.length, 0, 3);
  head.writeUInt8(sequence, 3);
  return Buffer.concat([head, content]);
}

function isComplete(answer: Buffer): boolean {
  return answer.length >= 4 && answer.length >= 4 + answer.readUIntLE(0, 3);
}

/** A content begins with 0 for OK, with 255 and a number for an error. */
function refuseError(answer: Buffer): void {
  if (answer[4] !== 0) throw new Error(`the server answered ${answer.toString("latin1", 7)}`);
}
