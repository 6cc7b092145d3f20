import { freePort } from "../support/free-port.ts";
import { ownSubnet } from "../support/own-subnet.ts";

/**
 * The files of fixtures are written as somebody would write them. What two runs on one machine cannot both have is put in when they are
 * copied: `/srv/stacks`, ports 18000 to 18099 of the host, and subnets `10.200.N` and `fd00:5c:N`.
 */
export async function ownWords(root: string, ports = 20): Promise<(text: string) => string> {
  const free = await Promise.all(Array.from({ length: ports }, freePort));
  const given = new Map<string, string>();
  const six = `fd00:${(process.pid % 0xffff).toString(16)}`;
  const once = (word: string, make: () => string) => {
    const known = given.get(word) ?? make();
    given.set(word, known);
    return known;
  };
  return (text) =>
    text
      .replaceAll("/srv/stacks", root)
      .replaceAll("fd00:5c", six)
      .replaceAll(/\b10\.200\.\d+\b/g, (word) => once(word, ownSubnet))
      .replaceAll(/\b180\d\d\b/g, (word) => once(word, () => String(free.pop())));
}
