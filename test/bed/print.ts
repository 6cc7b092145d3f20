/** One line for people. Standard output stays free for what a caller reads (`eval "$(… up)"`). */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** One line of a command's result. */
export function answer(text: string): void {
  process.stdout.write(`${text}\n`);
}
