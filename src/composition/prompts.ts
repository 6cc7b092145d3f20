import process from "node:process";
import { nothingTouched } from "../cli/commands/confirm.ts";
import type { Choice, Prompts } from "../cli/prompts.ts";
import { printableLines } from "../domain/printable.ts";
import { StackholdError } from "../errors.ts";

/** Asks with an eye on the signals that cancel. */
export type Asking = <T>(ask: (signal: AbortSignal | undefined) => Promise<T>) => Promise<T>;

/** More than this are found by typing. */
const fewChoices = 12;

const library = () => import("@clack/prompts");

/** On stderr, drawn by @clack/prompts, which is loaded when the first question comes. */
export function createPrompts(asking: Asking): Prompts {
  async function answered<T>(
    ask: (
      clack: Awaited<ReturnType<typeof library>>,
      how: { output: NodeJS.WriteStream; signal?: AbortSignal },
    ) => Promise<T | symbol>,
  ): Promise<T> {
    const clack = await library();
    return asking(async (signal) => {
      const how = { output: process.stderr, ...(signal === undefined ? {} : { signal }) };
      const given = signal?.aborted === true ? clack.CANCEL_SYMBOL : await ask(clack, how);
      if (typeof given !== "symbol") return given;
      throw nothingTouched();
    });
  }

  return {
    async tell(title, lines) {
      const { note } = await library();
      const text = lines.map(printableLines).join("\n");
      note(text, printableLines(title), { output: process.stderr, format: (line) => line });
    },
    async choose(question, choices) {
      const chosen = await answered<number>((clack, how) => {
        const asked = { ...how, message: printableLines(question), maxItems: fewChoices };
        const options = numbered(choices);
        if (choices.length <= fewChoices) return clack.select({ ...asked, options });
        return clack.autocomplete({ ...asked, options, placeholder: "type to search" });
      });
      return picked(choices, chosen);
    },
    async chooseSome(question, choices) {
      const options = numbered(choices);
      const asked = { message: printableLines(question), maxItems: fewChoices, required: true };
      const chosen = await answered<number[]>((clack, how) =>
        clack.multiselect({ ...how, ...asked, options }),
      );
      return chosen.map((index) => picked(choices, index));
    },
    text: (question, suggestion, problem) =>
      answered<string>((clack, how) =>
        clack.text({
          ...how,
          message: printableLines(question),
          initialValue: suggestion,
          validate: (answer) => problem(answer ?? ""),
        }),
      ),
    confirm: (question) =>
      answered<boolean>((clack, how) =>
        clack.confirm({ ...how, message: printableLines(question), initialValue: false }),
      ),
  };
}

function numbered(choices: readonly Choice<unknown>[]) {
  return choices.map(({ label }, value) => ({ value, label: printableLines(label) }));
}

function picked<T>(choices: readonly Choice<T>[], index: number): T {
  const choice = choices[index];
  if (choice === undefined) throw new StackholdError("INTERNAL", `no choice has number ${index}`);
  return choice.value;
}
