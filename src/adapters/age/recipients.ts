import { readFile } from "node:fs/promises";
import { reasonOf, StackholdError } from "../../errors.ts";

/** One a line, as `age --recipients-file` takes them: comments and empty lines are passed over. */
export async function parseRecipients(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch((cause) => {
    throw new StackholdError("CONFIG_UNREADABLE", `${file}: ${reasonOf(cause)}`, {
      hint: "`recipients_file` names the recipients of a repository's files",
      cause,
    });
  });
  const lines = text.split("\n").map((line) => line.trim());
  const recipients = lines.filter((line) => line !== "" && !line.startsWith("#"));
  if (recipients.length > 0) return recipients;
  throw new StackholdError("CONFIG_INVALID", `${file} names no recipient`, {
    hint: "write one recipient a line: age1… or an SSH public key",
  });
}

/** Whether files for the ones are for exactly the others; both absent: neither is encrypted. */
export function sameRecipients(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): boolean {
  if (one === undefined || other === undefined) return one === other;
  const [first, second] = [new Set(one), new Set(other)];
  return first.size === second.size && [...first].every((each) => second.has(each));
}
