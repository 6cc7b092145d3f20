import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A connection on which one question is asked after the other. */
export interface Conversation {
  /** Sends, then waits until `isComplete` says that all of the answer is there. */
  ask(question: Uint8Array, isComplete: (answer: Buffer) => boolean): Promise<Buffer>;
  close(): void;
}

export async function converse(port: number): Promise<Conversation> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  await once(socket, "connect");
  let received = Buffer.alloc(0);
  let failure: Error | undefined;
  let look = () => {};
  const fail = (error: Error) => {
    failure ??= error;
    look();
  };
  socket.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    look();
  });
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the server closed the connection")));
  return {
    ask: (question, isComplete) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (isComplete(received)) {
            const answer = received;
            received = Buffer.alloc(0);
            resolve(answer);
          } else if (failure) reject(failure);
        };
        socket.write(question);
        look();
      }),
    close: () => void (socket as Socket).destroy(),
  };
}
