import { type Command, Option } from "commander";
import { recoverUnits } from "../../operations/recover/recover-units.ts";
import type { App } from "../app.ts";
import { recoverText } from "../format/recover-text.ts";
import { answer, globals } from "./shared.ts";

export function addRecover(program: Command, app: App): void {
  program
    .command("recover")
    .description("put right what a run that died left: start what ran, roll a restore back")
    .addOption(new Option("--unit <name>", "this unit only").hideHelp())
    .action((flags: { unit?: string }, command: Command) =>
      app.run("recover", globals(command), async ({ deps, context }) => {
        const document = await recoverUnits(deps, context, flags.unit);
        const down = document.units.some((unit) => unit.failed.length > 0);
        const odd = document.units.some((unit) => unit.removed.length + unit.warnings.length > 0);
        return answer(document, recoverText, down ? 4 : odd ? 3 : 0);
      }),
    );
}
