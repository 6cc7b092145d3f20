/** Names to the letter, one NUL after each, for `memberFlags`. */
export function memberList(names: Iterable<string>): Buffer {
  return Buffer.from([...names].map((name) => `./${name}\0`).join(""), "latin1");
}

export const memberFlags: readonly string[] = [
  ...["--no-wildcards", "--anchored", "--null", "--no-unquote", "--files-from=-"],
];
