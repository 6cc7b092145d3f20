const controls: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** The latin1 bytes of a name that tar printed with `--quoting-style=escape`, or in a message. */
export function unescapeTarName(text: string): string {
  return text.replace(/\\([0-7]{3}|.)/gs, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (controls[code] ?? code),
  );
}
