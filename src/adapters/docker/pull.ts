import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { isErrorCode, StackholdError } from "../../errors.ts";
import type { Client, Question } from "./client.ts";
import { splitTag } from "./images.ts";
import { linesOf } from "./lines.ts";

/** One line of POST /images/create, or /images/load. */
const progressSchema = z.looseObject({
  error: z.string().optional(),
  errorDetail: z.looseObject({ code: z.number().optional(), message: z.string() }).optional(),
});

/** Credentials in the engine's form for the registry of a reference, undefined where none are known. */
export type RegistryAuth = (reference: string) => Promise<string | undefined>;

/** The status is sent before the work: a failure is a line of the answer. */
export async function pullImage(
  reference: string,
  client: Client,
  auth: RegistryAuth,
  signal?: AbortSignal,
): Promise<void> {
  const credentials = await auth(reference);
  const what = `pull of ${reference}`;
  const response = await openPull(client, {
    method: "POST",
    path: "/images/create",
    query: splitReference(reference),
    what,
    missing: "IMAGE_MISSING",
    long: true,
    timeoutMs: 0,
    ...(credentials === undefined ? {} : { headers: { "x-registry-auth": credentials } }),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    for await (const line of linesOf(response)) failOn(line, what);
  } catch (thrown) {
    if (signal?.aborted !== true) throw await client.broken(thrown);
    throw new StackholdError("CANCELLED", `${what} was cancelled`, { cause: thrown });
  } finally {
    response.destroy();
  }
}

/** Without a tag the engine would fetch every one of them. */
function splitReference(reference: string): { fromImage: string; tag: string } {
  const at = reference.indexOf("@");
  if (at >= 0) return { fromImage: reference.slice(0, at), tag: reference.slice(at + 1) };
  const { repository, tag } = splitTag(reference);
  return { fromImage: repository, tag };
}

/** As the registry's own words: github.com/distribution/distribution, registry/api/v2/errors.go. */
const unknown = /\b(manifest|name) unknown\b|\bnot found\b|repository does not exist/i;

/** Some engines pass a registry's "unknown" on with status 500. */
async function openPull(client: Client, question: Question): Promise<IncomingMessage> {
  try {
    return await client.stream(question);
  } catch (thrown) {
    if (!(isErrorCode(thrown, "ENGINE_ERROR") && unknown.test(String(thrown)))) throw thrown;
    const message = thrown instanceof Error ? thrown.message : question.what;
    throw new StackholdError("IMAGE_MISSING", message, { cause: thrown });
  }
}

export function failOn(line: string, what: string): void {
  const { error, errorDetail } = progressSchema.parse(JSON.parse(line));
  const message = errorDetail?.message ?? error;
  if (message === undefined) return;
  const missing = errorDetail?.code === 404 || unknown.test(message);
  throw new StackholdError(missing ? "IMAGE_MISSING" : "ENGINE_ERROR", `${what}: ${message}`);
}
