import process from "node:process";
import { createInterface } from "node:readline";

/**
 * Asks on the terminal; false for anything but yes. Ctrl-C, Ctrl-D, the end of the terminal and the
 * signal are a no.
 */
export function askYesNo(question: string, signal: AbortSignal | undefined): Promise<boolean> {
  const { stdin: input, stderr: output } = process;
  return new Promise((resolve) => {
    const prompt = createInterface({ input, output });
    let answer: boolean | undefined;
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
      resolve(answer === true);
    });
    prompt.question(question, (line) => {
      answer = /^y(es)?$/i.test(line.trim());
      close();
    });
  });
}
