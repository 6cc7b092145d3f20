import type { Duplex } from "node:stream";
import { z } from "zod";
import { asStackholdError, StackholdError } from "../../errors.ts";
import { negotiate } from "./api-version.ts";
import type { Endpoint } from "./endpoint.ts";
import { noAnswer, reasonOf, refused, shortReason, unreachableHint } from "./failures.ts";
import { ConnectionFailure, exchange } from "./request.ts";
import { directTransport, streamTransport, type Transport } from "./transport.ts";

export interface Connection {
  readonly transport: Transport;
  readonly apiVersion: string;
  /** Of every path: `/v1.41`. */
  readonly prefix: string;
}

export type Connect = () => Promise<Connection>;

/** Opens one more stream to the engine through the docker program. */
export type Dial = (endpoint: Endpoint) => Duplex;

const directMs = 10_000;
/** Through ssh with its own handshake. */
const dialledMs = 30_000;

const versionSchema = z.looseObject({
  ApiVersion: z.string(),
  MinAPIVersion: z.string().optional(),
});

/**
 * Reaches the engine once: directly, else through `docker system dial-stdio`. Failures are not
 * remembered. Where both ways fail the error names both.
 */
export function connector(endpoint: Endpoint, dial?: Dial): Connect & { close(): void } {
  let current: Promise<Connection> | undefined;
  const connect: Connect = () => {
    current ??= reach(endpoint, dial).catch((error: unknown) => {
      current = undefined;
      throw error;
    });
    return current;
  };
  const close = () =>
    void current?.then(
      ({ transport }) => transport.close(),
      () => {},
    );
  return Object.assign(connect, { close });
}

async function reach(endpoint: Endpoint, dial: Dial | undefined): Promise<Connection> {
  const direct = await attempt(() => directTransport(endpoint), directMs);
  if (!(direct instanceof StackholdError)) return direct;
  if (dial === undefined) throw direct;
  const way = `${endpoint.address} (docker system dial-stdio)`;
  const through = await attempt(async () => streamTransport(way, () => dial(endpoint)), dialledMs);
  if (!(through instanceof StackholdError)) return through;
  throw bothFailed(endpoint, direct, through);
}

async function attempt(
  make: () => Promise<Transport | undefined>,
  timeoutMs: number,
): Promise<Connection | StackholdError> {
  let transport: Transport | undefined;
  try {
    transport = await make();
    if (transport === undefined) return notDirect();
    return await greet(transport, timeoutMs);
  } catch (thrown) {
    transport?.close();
    if (thrown instanceof ConnectionFailure) return noAnswer(thrown, transport?.way ?? "");
    return asStackholdError(thrown);
  }
}

const notDirect = () =>
  new StackholdError("ENGINE_UNREACHABLE", "such an address cannot be opened directly");

/** `/_ping` names the version in a header (since API 1.25); a proxy may allow `/version` alone. */
async function greet(transport: Transport, timeoutMs: number): Promise<Connection> {
  const ping = await exchange(transport, { method: "GET", path: "/_ping", timeoutMs });
  const header = ping.headers["api-version"];
  if (ping.status === 200 && typeof header === "string") {
    // An engine's oldest version is only in /version: it matters where it is newer than ours.
    if (negotiate(header) === header) return connection(transport, header);
  }
  const answer = await exchange(transport, { method: "GET", path: "/version", timeoutMs });
  const version = answer.status === 200 ? parseVersion(answer.text) : undefined;
  if (version !== undefined) {
    return connection(transport, negotiate(version.ApiVersion, version.MinAPIVersion));
  }
  if (typeof header === "string") return connection(transport, negotiate(header));
  if (answer.status >= 400) throw refused(answer, `asking ${transport.way}`, "ENGINE_ERROR");
  throw new StackholdError("ENGINE_ERROR", `what answers at ${transport.way} is no engine`);
}

function connection(transport: Transport, apiVersion: string): Connection {
  return { transport, apiVersion, prefix: `/v${apiVersion}` };
}

function parseVersion(text: string): z.infer<typeof versionSchema> | undefined {
  try {
    return versionSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Both ways in a few words; all that was said is in the cause. */
function bothFailed(
  { address, origin }: Endpoint,
  direct: StackholdError,
  through: StackholdError,
): StackholdError {
  const forbidden = [direct, through].find(({ code }) => code === "ENGINE_FORBIDDEN");
  const [first, second] = [shortReason(direct), shortReason(through)];
  const what = forbidden === undefined ? "no engine answers" : "no permission to use the engine";
  return new StackholdError(
    forbidden?.code ?? direct.code,
    `${what} at ${address} (${origin}): directly: ${first}; through \`docker\`: ${second === first ? "the same" : second}`,
    { hint: forbidden?.hint ?? unreachableHint, cause: bothCauses(direct, through) },
  );
}

function bothCauses(direct: StackholdError, through: StackholdError): Error {
  const message = `directly: ${reasonOf(direct)}; through docker: ${reasonOf(through)}`;
  return new Error(message, { cause: through.cause });
}
