import { z } from "zod";
import { redactText } from "../../domain/recipe/redact-text.ts";
import { type ErrorCode, isErrorCode, messageOf, StackholdError } from "../../errors.ts";
import { type Answer, ConnectionFailure } from "./request.ts";

const messageSchema = z.looseObject({ message: z.string().min(1) });

const groupHint = "run Stackhold as root or let its user into the group docker";

const proxyHint =
  "a socket proxy or an authorization plugin stands before the engine: it must allow POST, and GET of containers, events, images, info, networks and volumes (docker-socket-proxy: POST=1 and the like); or give docker.host the engine's own socket";

export const unreachableHint =
  "is it running, and is this its address? docker.host, DOCKER_HOST and the docker context choose it";

/** The engine's own words, which may quote an option or a command; undefined where something else answered. */
function engineMessage(answer: Answer): string | undefined {
  try {
    return redactText(messageSchema.parse(JSON.parse(answer.text)).message);
  } catch {
    return undefined;
  }
}

/** An answer that is no success. 401, 403 and 405 come from proxies: the engine knows them not. */
export function refused(answer: Answer, what: string, missing: ErrorCode): StackholdError {
  const said = engineMessage(answer) ?? `HTTP status ${answer.status}`;
  const message = `${what}: ${said}`;
  if ([401, 403, 405].includes(answer.status)) {
    return new StackholdError("ENGINE_FORBIDDEN", `${what} is not allowed: ${said}`, {
      hint: proxyHint,
    });
  }
  if (answer.status === 404 && engineMessage(answer) !== undefined) {
    return new StackholdError(missing, message);
  }
  return new StackholdError("ENGINE_ERROR", message);
}

/**
 * Work with networks, where the engine forbids what cannot be. It says why; a proxy that lets nothing
 * through most often has no words.
 */
export async function engineRefusal<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!isErrorCode(thrown, "ENGINE_FORBIDDEN") || /HTTP status \d+$/.test(messageOf(thrown))) {
      throw thrown;
    }
    throw new StackholdError("ENGINE_ERROR", messageOf(thrown).replace(" is not allowed: ", ": "), {
      cause: thrown,
    });
  }
}

export function unexpected(what: string, cause: unknown): StackholdError {
  return new StackholdError("ENGINE_ERROR", `${what}: the engine's answer is not understood`, {
    hint: "run again with --verbose and report what it prints, with the engine's version",
    cause,
  });
}

/** No answer at all. */
export function noAnswer(failure: ConnectionFailure, way: string): StackholdError {
  if (failure.code === "EACCES" || failure.code === "EPERM") {
    return new StackholdError("ENGINE_FORBIDDEN", `no permission to use the engine at ${way}`, {
      hint: groupHint,
      cause: failure,
    });
  }
  return new StackholdError(
    "ENGINE_UNREACHABLE",
    `the engine at ${way} does not answer: ${failure.message}`,
    { hint: unreachableHint, cause: failure },
  );
}

/** Without the address, which the message has already. */
export function reasonOf(error: StackholdError): string {
  return error.cause instanceof ConnectionFailure ? error.cause.message : error.message;
}

/** What node and the docker program say of the same failures. */
const wellKnown: readonly (readonly [RegExp, string])[] = [
  [/ENOENT|no such file or directory/i, "no such socket"],
  [/EACCES|EPERM|permission denied/i, "permission denied"],
  [/ECONNREFUSED|connection refused/i, "nobody listens there"],
  [/Cannot connect to the Docker daemon/i, "no answer"],
  [/ENOTFOUND|EAI_AGAIN|no such host/i, "no such host"],
];

const longest = 160;

/** A failure in a few words. */
export function shortReason(error: StackholdError): string {
  const reason = reasonOf(error).replace(/^docker: /, "");
  const known = wellKnown.find(([pattern]) => pattern.test(reason));
  if (known !== undefined) return known[1];
  return reason.length > longest ? `${reason.slice(0, longest)}…` : reason;
}
