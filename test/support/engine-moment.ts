import { spawn } from "node:child_process";
import type { EngineAccess } from "../bed/access.ts";

export interface EngineMoment extends AsyncDisposable {
  /** Resolves as soon as the engine does this to a container, or a network, whose name begins with the prefix. */
  readonly seen: Promise<void>;
}

/** Counts from now on, also what happens before the engine is asked. */
export function engineMoment(
  { env }: EngineAccess,
  action: string,
  prefix: string,
  type: "container" | "network" = "container",
): EngineMoment {
  const since = (Date.now() / 1000).toFixed(3);
  const filters = ["--filter", `type=${type}`, "--filter", `event=${action}`];
  const format = ["--format", "{{.Actor.Attributes.name}}"];
  const child = spawn("docker", ["events", "--since", since, ...filters, ...format], {
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const seen = new Promise<void>((resolve) => {
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (
        text
          .split("\n")
          .slice(0, -1)
          .some((name) => name.startsWith(prefix))
      )
        resolve();
    });
  });
  return {
    seen,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
