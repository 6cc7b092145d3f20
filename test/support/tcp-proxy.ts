import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";

/** A line to a server on 127.0.0.1 that can be slow, stall, or break. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Bytes that clients have sent and the server was given. */
  sent(): number;
  /** Resolves when that many more have been. */
  sentMore(bytes: number): Promise<void>;
  /** Takes connections and hands on no byte, in either direction. */
  stall(): void;
  flow(): void;
  /** At most so many bytes a second, of all clients together. */
  throttle(bytesPerSecond: number): void;
  /** Breaks all connections; those that follow lead to this server. */
  leadTo(port: number): void;
  /** Breaks all connections. */
  cut(): void;
  /** Does the same, and refuses new ones until it comes back. */
  leave(): Promise<void>;
  comeBack(): Promise<void>;
}

interface Line {
  target: number;
  bytesPerSecond: number;
  /** Of all clients, one after the other. */
  paced: Promise<unknown>;
  flowing: PromiseWithResolvers<void>;
  sent: number;
  readonly listeners: Set<() => void>;
  readonly sockets: Set<Socket>;
}

export async function tcpProxy(target: number): Promise<TcpProxy> {
  const line: Line = {
    target,
    bytesPerSecond: Number.POSITIVE_INFINITY,
    paced: Promise.resolve(),
    flowing: Promise.withResolvers(),
    sent: 0,
    listeners: new Set(),
    sockets: new Set(),
  };
  line.flowing.resolve();
  let server = await listen(line, 0);
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    for (const socket of line.sockets) socket.resetAndDestroy();
  };
  const leave = async () => {
    const closed = server.listening ? once(server, "close") : undefined;
    server.close();
    cut();
    await closed;
  };
  const flow = () => line.flowing.resolve();
  return {
    port,
    sent: () => line.sent,
    sentMore: (bytes) => {
      const wanted = line.sent + bytes;
      return new Promise((resolve) => {
        const look = () => {
          if (line.sent < wanted) return;
          line.listeners.delete(look);
          resolve();
        };
        line.listeners.add(look);
        look();
      });
    },
    stall: () => {
      line.flowing = Promise.withResolvers();
    },
    flow,
    throttle: (bytesPerSecond) => {
      line.bytesPerSecond = bytesPerSecond;
    },
    leadTo: (other) => {
      line.target = other;
      cut();
    },
    cut,
    leave,
    comeBack: async () => {
      server = await listen(line, port);
    },
    async [Symbol.asyncDispose]() {
      flow();
      await leave();
    },
  };
}

async function listen(line: Line, port: number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    const upstream = connect({ port: line.target, host: "127.0.0.1", allowHalfOpen: true });
    for (const socket of [client, upstream]) {
      line.sockets.add(socket.once("close", () => line.sockets.delete(socket)));
    }
    const both = [
      pipeline(client, handOn(line, "up"), upstream),
      pipeline(upstream, handOn(line, "down"), client),
    ];
    // Whichever breaks takes the other with it, as a line does.
    Promise.all(both).catch(() => {
      client.destroy();
      upstream.destroy();
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function handOn(line: Line, direction: "up" | "down"): Transform {
  const pass = async (bytes: number) => {
    if (direction === "up" && Number.isFinite(line.bytesPerSecond)) {
      const mine = line.paced.then(() => delay((bytes / line.bytesPerSecond) * 1000));
      line.paced = mine;
      await mine;
    }
    await line.flowing.promise;
    if (direction === "down") return;
    line.sent += bytes;
    for (const listener of line.listeners) listener();
  };
  return new Transform({
    transform: (chunk: Buffer, _, done) => {
      pass(chunk.length).then(() => done(null, chunk), done);
    },
  });
}
