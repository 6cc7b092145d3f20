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
    /** Where it takes a look to ask, that look: what it finds wrong is said before anything else. */
    readonly question: string | (() => Promise<string>);
  },
): Promise<void> {
  if (asked.yes) return;
  const { question } = asked;
  const text = typeof question === "string" ? question : await question();
  if (!app.isTerminal) {
    throw new StackholdError("CONFIRMATION_REQUIRED", asked.act, {
      hint: "add --yes to go on without a terminal, or --dry-run to see what would happen",
    });
  }
  if (await app.confirm(text)) return;
  throw nothingTouched();
}

export function nothingTouched(): StackholdError {
  return new StackholdError("CANCELLED", "cancelled: nothing was touched");
}
