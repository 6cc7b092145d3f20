import { join } from "node:path";
import { createLocks } from "../adapters/sqlite/locks.ts";
import { localStackFiles } from "../adapters/stack-files/stack-files.ts";
import { createStateSpool } from "../adapters/state-spool/state-spool.ts";
import { createSystemClock } from "../adapters/system-clock/system-clock.ts";
import type { Happening } from "../events/event.ts";
import type { PruneDeps } from "../operations/prune-points.ts";
import { createMemoryHistory } from "./memory-history.ts";
import { temporaryDirectory } from "./points.ts";
import { createRealRepository, realCapture } from "./real-archive-repository.ts";

/** Two real repositories of the host `web01`, and what operations on points need besides. */
export async function pointOperations() {
  const directory = await temporaryDirectory();
  const paths = { local: join(directory.path, "local"), usb: join(directory.path, "usb") };
  const local = createRealRepository(paths.local);
  const usb = createRealRepository(paths.usb, "zstd", "usb");
  const repositories = [local, usb];
  for (const repository of repositories) await repository.open();
  const history = createMemoryHistory();
  const events: Happening[] = [];
  const controller = new AbortController();
  const clock = createSystemClock();
  const deps: PruneDeps = {
    repositories,
    history,
    clock,
    locks: createLocks({ stateDir: join(directory.path, "state"), clock }),
    stackFiles: localStackFiles(),
    engine: { info: () => Promise.reject(new Error("the host is configured")) } as never,
    settings: { host: "web01" } as never,
  };
  const context = {
    runId: "run-1",
    signal: controller.signal,
    emit: (happening: Happening) => void events.push(happening),
  };
  const stateSpool = createStateSpool({ stateDir: join(directory.path, "state") });
  return {
    paths,
    /** What copies need more. */
    copying: { capture: realCapture(), stateSpool },
    local,
    usb,
    deps,
    history,
    events,
    controller,
    context,
    [Symbol.asyncDispose]: directory[Symbol.asyncDispose],
  };
}
