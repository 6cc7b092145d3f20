import { StackholdError } from "../../errors.ts";
import type { App } from "../app.ts";

/**
 * Returns when a destructive act may go on. Off a terminal only `--yes` says so; CANCELLED when
 * somebody at the terminal says no.
 */
export async function confirmed(
  app: Pick<App, "isTerminal" | "confirm">,
  asked: {
    readonly yes: boolean;
    /** What would happen, as a sentence without its end. */
    readonly act: string;
    /** Where it takes a look to ask, that look: only who is asked needs it. */
    readonly question: string | (() => Promise<string>);
  },
): Promise<void> {
  if (asked.yes) return;
  if (!app.isTerminal) {
    throw new StackholdError("CONFIRMATION_REQUIRED", asked.act, {
      hint: "add --yes to go on without a terminal, or --dry-run to see what would happen",
    });
  }
  const { question } = asked;
  if (await app.confirm(typeof question === "string" ? question : await question())) return;
  throw nothingTouched();
}

export function nothingTouched(): StackholdError {
  return new StackholdError("CANCELLED", "cancelled: nothing was touched");
}
