import { RunError } from "./run.ts";

/** A component that cannot be had on this machine. The message says what is missing and what to do. */
export class MissingComponent extends Error {
  readonly component: string;

  constructor(component: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "MissingComponent";
    this.component = component;
  }
}

/** Turns the failure of `act` into a component's, with what the tool that failed said. */
export async function needed<T>(
  component: string,
  message: string,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof MissingComponent) throw cause;
    const said = cause instanceof RunError ? cause.line : String(cause);
    throw new MissingComponent(component, `${message} (${said})`, cause);
  }
}

/** The exit code of `stackhold` for "a required tool is missing or too old". */
export const exitMissing = 20;
