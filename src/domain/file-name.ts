/** NAME_MAX of every file system that Linux writes to, in bytes. */
export const longestName = 255;

/** 16 hexadecimal digits that are unlike those of any other text. */
export type Digest = (text: string) => string;

const mark = /~[0-9a-f]{16}$/;
const mostBytesOfCharacter = 4;

/** As a name of so many bytes: its beginning, and what sets it apart from others that begin so. */
export function cut(name: string, limit: number, digest: Digest): string {
  const end = `~${digest(name)}`;
  let kept = "";
  let left = limit - end.length;
  for (const character of name) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    kept += character;
  }
  return `${kept}${end}`;
}

export function shorten(name: string, limit: number, digest: Digest): string {
  return Buffer.byteLength(name) <= limit ? name : cut(name, limit, digest);
}

/** Whether it looks as if it had been cut; what is in the file tells. */
export function looksCut(name: string, limit: number): boolean {
  return mark.test(name) && Buffer.byteLength(name) > limit - mostBytesOfCharacter;
}
