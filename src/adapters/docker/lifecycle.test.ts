import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { StackholdError } from "../../errors.ts";
import type { Client, Question } from "./client.ts";
import { lifecycle } from "./lifecycle.ts";
import { exchange } from "./request.ts";
import { directTransport } from "./transport.ts";

/** What would be asked, and nobody to answer. */
function asked(): { client: Client; questions: Question[] } {
  const questions: Question[] = [];
  const never = () => Promise.reject(new Error("not asked in these tests"));
  const ask = async (question: Question) => {
    questions.push(question);
    return { status: 204, headers: {}, text: "" };
  };
  const client = { ask, connection: never, json: never, stream: never, broken: never };
  return { client, questions };
}

it("waits longer for a stop than the engine waits for the container", async () => {
  const { client, questions } = asked();
  await lifecycle(client).stop("x", 1200);
  expect(questions[0]?.query).toEqual({ t: 1200 });
  expect(questions[0]?.timeoutMs).toBeGreaterThan(1_230_000);
});

it("waits without end for a stop without a limit", async () => {
  const { client, questions } = asked();
  await lifecycle(client).stop("x", -1);
  expect(questions[0]).toMatchObject({ query: { t: -1 }, timeoutMs: 0 });
});

it("gives the container the whole second that a fraction begins", async () => {
  const { client, questions } = asked();
  await lifecycle(client).stop("x", 0.2);
  expect(questions[0]?.query).toEqual({ t: 1 });
});

/** An engine whose answers to all that is asked of a running container are these, the last one for ever. */
function failing(...messages: (string | undefined)[]): { client: Client; questions: Question[] } {
  const { client, questions } = asked();
  const ask = async (question: Question) => {
    const message = messages[Math.min(questions.length, messages.length - 1)];
    const answer = await client.ask(question);
    if (message !== undefined) throw new StackholdError("ENGINE_ERROR", message);
    return answer;
  };
  const json = () => Promise.resolve({ State: { Running: true, Paused: false } });
  return { client: { ...client, ask, json: json as unknown as Client["json"] }, questions };
}

const slippery = "OCI runtime pause failed: unable to freeze: unknown";

it("pauses again what the kernel could not get hold of", async () => {
  const { client, questions } = failing(slippery, slippery, undefined);
  await lifecycle(client).pause("x");
  expect(questions.map(({ path }) => path)).toEqual(Array(3).fill("/containers/x/pause"));
});

it("gives a pause up that fails again and again, or for another reason", async () => {
  const never = failing(slippery);
  await expect(lifecycle(never.client).pause("x")).rejects.toMatchObject({ message: slippery });
  expect(never.questions).toHaveLength(5);
  const other = failing("no such cgroup");
  await expect(lifecycle(other.client).pause("x")).rejects.toMatchObject({ code: "ENGINE_ERROR" });
  expect(other.questions).toHaveLength(1);
});

it("gives an engine up that is silent for too long", async () => {
  const directory = await mkdtemp(join(tmpdir(), "stackhold-silent-"));
  const server = createServer(() => {});
  const path = join(directory, "s");
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const transport = await directTransport({ address: `unix://${path}`, origin: "test" });
  if (transport === undefined) throw new Error("a socket can be opened directly");
  const call = { method: "GET", path: "/", timeoutMs: 100 } as const;
  await expect(exchange(transport, call)).rejects.toMatchObject({ code: "ETIMEDOUT" });
  transport.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true });
});
