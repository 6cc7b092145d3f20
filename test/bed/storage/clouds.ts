import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { makeCertificate } from "./certificate.ts";
import { makePlace } from "./place.ts";

export interface CloudAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Clouds extends AsyncDisposable {
  /** For a program that shall take this for the internet. */
  readonly env: Readonly<Record<string, string>>;
  /** `METHOD host/path` */
  readonly requests: string[];
}

const hosts = ["api.backblazeb2.com", "*.blob.core.windows.net", "*.googleapis.com"];

/** Stands for the clouds that cannot be had on one machine: a proxy that answers itself. */
export async function startClouds(answer: (host: string) => CloudAnswer): Promise<Clouds> {
  const place = await makePlace("clouds");
  const { caFile, certFile, keyFile } = await makeCertificate(place.path, hosts);
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const reply = (request: IncomingMessage, response: ServerResponse) => {
    const host = request.headers.host ?? "";
    requests.push(`${request.method} ${host}${request.url}`);
    const { status, headers = {}, body } = answer(host);
    response.writeHead(status, headers).end(body);
  };
  const tls = createTlsServer(
    { cert: await readFile(certFile), key: await readFile(keyFile) },
    reply,
  );
  const proxy = createServer().on("connect", (_, socket: Socket) => {
    sockets.add(socket.on("error", () => socket.destroy()));
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    tls.emit("connection", socket);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  return {
    env: { HTTPS_PROXY: `http://127.0.0.1:${port}`, SSL_CERT_FILE: caFile },
    requests,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await place[Symbol.asyncDispose]();
    },
  };
}
