import { request } from "node:http";
import type { EngineAccess } from "./access.ts";

/**
 * One call of the engine's interface, without starting a program for it. Answers with the document, undefined
 * when there is no such thing (any more); throws what the engine says of every other failure.
 */
export function callEngine(
  { dockerHost }: Pick<EngineAccess, "dockerHost">,
  method: "GET" | "DELETE",
  path: string,
  // biome-ignore lint/suspicious/noExplicitAny: callers read documents of many shapes
): Promise<any> {
  const { protocol, hostname, port, pathname } = new URL(dockerHost);
  const place = protocol === "unix:" ? { socketPath: pathname } : { hostname, port };
  return new Promise((resolve, reject) => {
    const call = request({ ...place, method, path }, (response) => {
      const parts: Buffer[] = [];
      response.on("error", reject);
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => {
        const text = Buffer.concat(parts).toString();
        const status = response.statusCode ?? 0;
        if (status === 404) resolve(undefined);
        else if (status >= 400) reject(new Error(`${method} ${path}: ${status} ${text.trim()}`));
        else resolve(text === "" ? undefined : JSON.parse(text));
      });
    });
    call.on("error", reject);
    call.end();
  });
}

/** A query for what carries that label of Compose, and these. */
export function ofProject(name: string, ...labels: readonly string[]): string {
  const filters = { label: [`com.docker.compose.project=${name}`, ...labels] };
  return `filters=${encodeURIComponent(JSON.stringify(filters))}`;
}
