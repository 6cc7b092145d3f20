import { shellWord } from "../shell-word.ts";

/** A command on one line, every word of it quoted. */
export function command(...words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}

/** The same with a line for each group of words after the first. */
export function longCommand(
  first: readonly string[],
  groups: readonly (readonly string[])[],
): string {
  return [command(...first), ...groups.map((group) => command(...group))].join(" \\\n  ");
}

/** Where the scripts of a directory begin: in it, with what they share. */
export function opening(comment: readonly string[]): string[] {
  return [
    "#!/bin/sh",
    ...comment.map((line) => `# ${line}`),
    "",
    "# shellcheck disable=SC2016 # names are meant as they are written",
    "set -u",
    `case $0 in */*) CDPATH='' cd -- "\${0%/*}/" || exit 1 ;; esac`,
    "# shellcheck disable=SC1091 # it lies beside this script",
    ". ./functions.sh",
    "",
  ];
}

export function script(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}
