import process from "node:process";
import { createInterface } from "node:readline";
import type { Decision } from "../cli/app.ts";
import { wrap } from "../cli/format/wrap.ts";

/**
 * Asks on the terminal; undefined where nobody answers: Ctrl-C, Ctrl-D, the end of the terminal, the
 * signal.
 */
function askLine(question: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  const { stdin: input, stderr: output } = process;
  return new Promise((resolve) => {
    const prompt = createInterface({ input, output });
    let answer: string | undefined;
    let isClosing = false;
    // A terminal that is gone says so to whoever reads it or sets its mode, as closing does.
    const close = () => {
      if (isClosing) return;
      isClosing = true;
      prompt.close();
    };
    input.on("error", close);
    prompt.on("error", close);
    prompt.on("SIGINT", close);
    signal?.addEventListener("abort", close);
    prompt.once("close", () => {
      signal?.removeEventListener("abort", close);
      if (answer === undefined) output.write("\n");
      resolve(answer);
    });
    const room = output.isTTY ? output.columns : undefined;
    prompt.question(wrap(question, room), (line) => {
      answer = line.trim();
      close();
    });
  });
}

const isYes = (answer: string) => /^y(es)?$/i.test(answer);

/** False for anything but yes, and where nobody answers. */
export async function askYesNo(question: string, signal: AbortSignal | undefined) {
  return isYes((await askLine(question, signal)) ?? "");
}

/** No for anything else that is typed; nobody's answer is to quit. */
export async function askDecision(
  question: string,
  signal: AbortSignal | undefined,
): Promise<Decision> {
  const answer = await askLine(question, signal);
  if (answer === undefined || /^q(uit)?$/i.test(answer)) return "quit";
  return isYes(answer) ? "yes" : "no";
}
