import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { CommandEnd } from "../../domain/hooks.ts";
import { outputLines } from "../../domain/output-lines.ts";
import { endMarked, runMark } from "../../exec/marked.ts";
import type { ContainerCommand } from "../../ports/engine.ts";
import type { Client } from "./client.ts";
import { containerPath, shownContainer } from "./containers.ts";
import { demultiplexer } from "./demultiplex.ts";

const createdSchema = z.looseObject({ Id: z.string().min(1) });
const stateSchema = z.looseObject({ Running: z.boolean(), ExitCode: z.number().nullish() });

const pollMs = 50;
const polls = 100;
const longestMs = 2 ** 31 - 1;

/**
 * The engine has no request that ends a command: its processes are found on this host by their
 * mark, and ended there.
 */
export async function execInContainer(
  container: string,
  command: ContainerCommand,
  client: Client,
): Promise<CommandEnd> {
  const what = `command in container ${shownContainer(container)}`;
  const environment = { ...command.environment, ...runMark(command.mark) };
  const { Id } = await client.json(
    {
      method: "POST",
      path: `${containerPath(container)}/exec`,
      body: {
        AttachStdout: true,
        AttachStderr: true,
        Cmd: command.argv,
        Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      },
      what,
      missing: "CONTAINER_MISSING",
    },
    createdSchema,
  );
  const response = await client.stream({
    method: "POST",
    path: `/exec/${Id}/start`,
    body: { Detach: false, Tty: false },
    what,
    long: true,
  });
  const running = watch(command, () => response.destroy());
  try {
    const stream = outputLines(command.onLine);
    const streams = new Map([1, 2].map((number) => [number, stream()]));
    const parts = demultiplexer();
    for await (const chunk of response) {
      for (const { stream: number, bytes } of parts(chunk)) streams.get(number)?.push(bytes);
    }
    for (const each of streams.values()) each.end();
  } catch (thrown) {
    if (running.ended === undefined) throw await client.broken(thrown);
  } finally {
    await running.settle();
  }
  const { ended } = running;
  const state = await settled(Id, what, client);
  if (ended === undefined) return { code: state.ExitCode ?? 0 };
  if (!state.Running) return { ended };
  return { ended, failure: "goes on in the container: its processes cannot be ended from here" };
}

/** Ends the command at its limit and with the signal; then nobody reads its output any more. */
function watch({ mark, limitSeconds, signal }: ContainerCommand, letGo: () => void) {
  let ended: CommandEnd["ended"];
  let ending: Promise<void> | undefined;
  const end = (why: "limit" | "cancelled") => {
    ended ??= why;
    ending ??= endTwice(mark).then(letGo);
  };
  const onAbort = () => end("cancelled");
  const limit = setTimeout(() => end("limit"), Math.min(limitSeconds * 1000, longestMs));
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  return {
    get ended() {
      return ended;
    },
    async settle() {
      clearTimeout(limit);
      signal?.removeEventListener("abort", onAbort);
      await ending;
    },
  };
}

/** A command that has just begun has no process yet at the first look. */
async function endTwice(mark: string): Promise<void> {
  await endMarked(mark);
  await delay(pollMs);
  await endMarked(mark);
}

/** The engine may close the output a moment before it knows the exit code. */
async function settled(id: string, what: string, client: Client) {
  const ask = () => client.json({ method: "GET", path: `/exec/${id}/json`, what }, stateSchema);
  let state = await ask();
  for (let poll = 0; state.Running && poll < polls; poll += 1) {
    await delay(pollMs);
    state = await ask();
  }
  return state;
}
