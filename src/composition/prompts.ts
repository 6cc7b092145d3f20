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

interface Terminal extends Disposable {
  /** Fires when nobody will answer: on the signal, on Ctrl-D, and when the terminal is gone. */
  readonly gone: AbortSignal;
}

const endings = ["end", "close", "error"] as const;
const ignore = () => {};

/** The library knows Ctrl-C alone; without an answer it would wait for ever. */
function watchTerminal(signal: AbortSignal | undefined): Terminal {
  const { stdin, stderr } = process;
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  const onKey = (_: unknown, key: { readonly ctrl?: boolean; readonly name?: string }) => {
    if (key.ctrl === true && key.name === "d") leave();
  };
  const setRawMode = stdin.setRawMode;
  // It throws where the terminal is gone, wherever the library happens to be.
  stdin.setRawMode = (mode) => {
    try {
      return setRawMode.call(stdin, mode);
    } catch {
      leave();
      return stdin;
    }
  };
  stdin.on("keypress", onKey);
  for (const stream of [stdin, stderr]) {
    for (const end of endings) stream.on(end, leave);
    // A terminal that is gone says so to whoever sets its mode, later too; unheard that ends the process.
    if (!stream.listeners("error").includes(ignore)) stream.on("error", ignore);
  }
  return {
    gone: signal === undefined ? leaving.signal : AbortSignal.any([leaving.signal, signal]),
    [Symbol.dispose]() {
      stdin.setRawMode = setRawMode;
      stdin.off("keypress", onKey);
      for (const stream of [stdin, stderr]) for (const end of endings) stream.off(end, leave);
    },
  };
}

/** On stderr, drawn by @clack/prompts, which is loaded when the first question comes. */
export function createPrompts(asking: Asking): Prompts {
  async function answered<T>(
    ask: (
      clack: Awaited<ReturnType<typeof library>>,
      how: { output: NodeJS.WriteStream; signal: AbortSignal },
    ) => Promise<T | symbol>,
  ): Promise<T> {
    const clack = await library();
    return asking(async (signal) => {
      using terminal = watchTerminal(signal);
      const how = { output: process.stderr, signal: terminal.gone };
      const given = terminal.gone.aborted ? clack.CANCEL_SYMBOL : await ask(clack, how);
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
    secret: (question) =>
      answered<string>((clack, how) =>
        clack.password({
          ...how,
          message: printableLines(question),
          validate: (answer) => (answer ? undefined : "an empty password"),
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
