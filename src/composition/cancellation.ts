import process from "node:process";
import { StackholdError } from "../errors.ts";

export interface Cancellation extends Disposable {
  readonly signal: AbortSignal;
}

const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first signal cancels; further ones change nothing, since what was stopped must start. */
export function cancelOnSignals(tell: (message: string) => unknown): Cancellation {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      tell("already cancelling: what was stopped is being started again");
      return;
    }
    tell(`${name}: cancelling; what was stopped is started again first`);
    controller.abort(new StackholdError("CANCELLED", `cancelled by ${name}`));
  };
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
