import { readFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import type { Endpoint, TlsFiles } from "./endpoint.ts";

/** A way to the engine's HTTP server. */
export interface Transport {
  /** For messages. */
  readonly way: string;
  request(options: http.RequestOptions, kind: "short" | "long"): http.ClientRequest;
  close(): void;
}

/** Waits of minutes (stop, pull, events) must not keep short questions from being asked. */
interface Agents {
  readonly short: http.Agent;
  readonly long: http.Agent;
}

/** More at once does not make an engine answer faster. */
const sockets: Record<keyof Agents, number> = { short: 8, long: Number.POSITIVE_INFINITY };

/** Each is two logins of ssh, and sshd refuses some from ten at once: sshd_config(5), MaxStartups. */
const streams: Record<keyof Agents, number> = { short: 2, long: 8 };

/** Undefined where node cannot open such an address: ssh://, npipe://, … */
export async function directTransport(endpoint: Endpoint): Promise<Transport | undefined> {
  const { address } = endpoint;
  if (address.startsWith("unix://")) {
    const socketPath = address.slice("unix://".length);
    return transport(address, http, httpAgents(), { socketPath });
  }
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^(tcp|http|https):$/.test(url.protocol)) return undefined;
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (url.protocol !== "https:" && endpoint.tls === undefined) {
    return transport(address, http, httpAgents(), { host, port: url.port || 2375 });
  }
  const agents = tlsAgents(await tlsOptions(endpoint.tls));
  return transport(address, https, agents, { host, port: url.port || 2376 });
}

/** Each connection of HTTP is one stream that `dial` opens. */
export function streamTransport(way: string, dial: () => Duplex): Transport {
  return transport(way, http, httpAgents(dial), {});
}

function transport(
  way: string,
  { request }: Pick<typeof http, "request">,
  agents: Agents,
  place: http.RequestOptions,
): Transport {
  return {
    way,
    request: (options, kind) => request({ ...place, ...options, agent: agents[kind] }),
    close: () => {
      agents.short.destroy();
      agents.long.destroy();
    },
  };
}

function httpAgents(dial?: () => Duplex): Agents {
  const limits = dial === undefined ? sockets : streams;
  const make = (maxSockets: number) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets });
    if (dial !== undefined) agent.createConnection = dial;
    return agent;
  };
  return { short: make(limits.short), long: make(limits.long) };
}

function tlsAgents(options: https.AgentOptions): Agents {
  const make = (maxSockets: number) => new https.Agent({ ...options, keepAlive: true, maxSockets });
  return { short: make(sockets.short), long: make(sockets.long) };
}

async function tlsOptions(files: TlsFiles | undefined): Promise<https.AgentOptions> {
  const { ca, cert, key } = files ?? {};
  const read = (path: string | undefined) => (path === undefined ? undefined : readFile(path));
  const [authority, certificate, secret] = await Promise.all([read(ca), read(cert), read(key)]);
  return {
    rejectUnauthorized: files?.verify ?? true,
    ...(authority === undefined ? {} : { ca: authority }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(secret === undefined ? {} : { key: secret }),
  };
}
