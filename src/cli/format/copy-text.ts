import type { CopyResult } from "../../domain/point-results.ts";
import { counted } from "../../domain/text.ts";
import { bytes } from "./amounts.ts";

/** How a copy was made says what its files are. */
const ways = {
  files: "the files as they are",
  contents: "unpacked and stored anew",
} as const;

export function copyText(result: CopyResult): string {
  const { unit, backupId, host, from, to, copied, way, parts, images, storedBytes } = result;
  const point = `${backupId} of ${unit} on ${host}`;
  const what = [counted(parts.length, "part"), ...(images > 0 ? [counted(images, "image")] : [])];
  const how = way === undefined ? "" : `, ${ways[way]}`;
  const done = copied
    ? `copied ${point} from ${from} to ${to}: ${what.join(", ")}, ${bytes(storedBytes)}${how}`
    : `${point} is in ${to} already: nothing was copied`;
  return [...result.warnings.map((warning) => `warning: ${warning}`), done].join("\n");
}
