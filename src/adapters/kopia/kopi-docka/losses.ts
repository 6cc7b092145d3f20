import { formatPart } from "../../../domain/part.ts";
import type { FoundPart } from "./contents.ts";

/** What Kopi-Docka did not store of what a part was, for people who restore it. */
export function lossesOf({ part, content, lacks }: FoundPart): string[] {
  const name = formatPart(part);
  const own = lacks.map((why) => `${name}: ${why}`);
  if (content.form === "stream") {
    return [
      ...own,
      `${name}: Kopi-Docka stored it without modification times (all are 1970) and without holes`,
    ];
  }
  if (content.form !== "tree") return own;
  if (part.kind === "project") {
    own.push(
      `${name}: of its own files Kopi-Docka stored the compose files and .env*, *.conf, *.config and *.toml beside them, without owners`,
    );
  }
  if (content.trees.length > 0) {
    own.push(
      `${name}: Kopi-Docka stored it without extended attributes, ACLs, hard links, FIFOs, device files and the times of directories`,
    );
  }
  return own;
}
