import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** True when it has answered itself; otherwise the engine answers. */
export type Reply = (call: IncomingMessage, answer: ServerResponse) => boolean;

export interface Front extends AsyncDisposable {
  readonly address: string;
  /** Method and path of every request so far. */
  readonly calls: readonly string[];
  /** Ends every open connection without a word. */
  cut(): void;
  /** Cuts, and lets nobody in any more. */
  close(): Promise<void>;
}

/** A server on a socket of its own before the engine, for what an engine does not do on demand. */
export async function openFront(dockerHost: string, reply: Reply = () => false): Promise<Front> {
  const directory = await mkdtemp(join(tmpdir(), "stackhold-front-"));
  const path = join(directory, "engine.sock");
  const calls: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((call, answer) => {
    calls.push(`${call.method} ${call.url}`);
    if (!reply(call, answer)) passOn(dockerHost, call, answer);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const close = async () => {
    cut();
    await new Promise((resolve) => server.close(resolve));
    await rm(directory, { recursive: true, force: true });
  };
  return { address: `unix://${path}`, calls, cut, close, [Symbol.asyncDispose]: close };
}

export function passOn(dockerHost: string, call: IncomingMessage, answer: ServerResponse): void {
  const socketPath = dockerHost.replace("unix://", "");
  const { method, url, headers } = call;
  const onward = request({ socketPath, method, path: url, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 0, response.headers);
    answer.flushHeaders();
    response.pipe(answer);
    answer.on("close", () => response.destroy());
  });
  onward.on("error", () => answer.destroy());
  call.pipe(onward);
}
