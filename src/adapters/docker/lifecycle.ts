import type { RestartPolicy } from "../../domain/unit.ts";
import { isErrorCode, messageOf } from "../../errors.ts";
import type { Client } from "./client.ts";
import { inspectionSchema } from "./container-inspection.ts";
import { containerPath, shownContainer } from "./containers.ts";
import type { Answer } from "./request.ts";

/** After KILL the engine waits for the process and for the container's mounts to go. */
const stopSlackMs = 60_000;
/** Mounting a remote volume is part of a start. */
const startMs = 300_000;
/**
 * With control groups of version 1 the kernel may not get hold of a container that starts processes at that
 * moment. runc then gives up and lets it run on.
 */
const escaped = /unable to freeze/;
const pauseTries = 5;
/** No container can have it: the engine makes ids of random bytes. */
const nobody = "0".repeat(64);

type Act = "start" | "stop" | "pause" | "unpause" | "update" | "rename";

export interface Lifecycle {
  stop(container: string, timeoutSeconds: number): Promise<void>;
  start(container: string): Promise<void>;
  pause(container: string): Promise<void>;
  unpause(container: string): Promise<void>;
  setRestartPolicy(container: string, policy: RestartPolicy): Promise<void>;
  rename(container: string, name: string): Promise<void>;
  remove(container: string): Promise<void>;
  checkWritable(): Promise<void>;
}

export function lifecycle(client: Client): Lifecycle {
  /** 304 says that it is so already, and is no failure. */
  const act = (
    container: string,
    name: Act,
    more: Partial<Parameters<Client["ask"]>[0]> = {},
  ): Promise<Answer> =>
    client.ask({
      method: "POST",
      path: `${containerPath(container)}/${name}`,
      what: `${name} of container ${shownContainer(container)}`,
      missing: "CONTAINER_MISSING",
      long: true,
      ...more,
    });

  async function isPaused(container: string): Promise<boolean | undefined> {
    const path = `${containerPath(container)}/json`;
    const question = {
      method: "GET",
      path,
      what: `container ${shownContainer(container)}`,
    } as const;
    const { State } = await client.json(question, inspectionSchema);
    return State.Running ? State.Paused === true : undefined;
  }

  /** The engine calls it an error when there is nothing to do. */
  async function setPaused(container: string, paused: boolean, tries = 1): Promise<void> {
    try {
      await act(container, paused ? "pause" : "unpause");
    } catch (thrown) {
      if (!isErrorCode(thrown, "ENGINE_ERROR")) throw thrown;
      if ((await isPaused(container)) === paused) return;
      if (tries <= 1 || !escaped.test(messageOf(thrown))) throw thrown;
      await setPaused(container, paused, tries - 1);
    }
  }

  return {
    async stop(container, timeoutSeconds) {
      const seconds = Math.ceil(timeoutSeconds);
      await act(container, "stop", {
        query: { t: seconds },
        timeoutMs: seconds < 0 ? 0 : seconds * 1000 + stopSlackMs,
      });
    },
    start: async (container) => void (await act(container, "start", { timeoutMs: startMs })),
    pause: (container) => setPaused(container, true, pauseTries),
    unpause: (container) => setPaused(container, false),
    async setRestartPolicy(container, { name, maximumRetryCount }) {
      const policy = { Name: name || "no", MaximumRetryCount: maximumRetryCount };
      await act(container, "update", { body: { RestartPolicy: policy }, long: false });
    },
    async rename(container, name) {
      await act(container, "rename", {
        what: `naming of container ${name}`,
        query: { name },
        long: false,
      });
    },
    async remove(container) {
      await client.ask({
        method: "DELETE",
        path: containerPath(container),
        query: { v: 1 },
        what: `removal of container ${shownContainer(container)}`,
        missing: "CONTAINER_MISSING",
        long: true,
      });
    },
    async checkWritable() {
      for (const name of ["stop", "start"] as const) {
        try {
          await act(nobody, name, { what: `${name} of containers`, long: false });
        } catch (thrown) {
          if (!isErrorCode(thrown, "CONTAINER_MISSING")) throw thrown;
        }
      }
    },
  };
}
