import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { counted } from "../text.ts";
import { diffWithoutNumbers, numberSecrets, withoutNumbers } from "./numbered-secrets.ts";
import { shownText } from "./shown-text.ts";

/** A file that differs: how, or why that is not shown. */
export type FileDifference =
  | { readonly path: string; readonly diff: readonly string[] }
  | { readonly path: string; readonly why: string };

const mostLines = 60;
/** So many changed lines make a diff that nobody reads, and that takes long to find. */
const mostEdits = 1000;

/** From what is there now to what the point has, without secrets. */
export function fileDifference(path: string, now: Uint8Array, then: Uint8Array): FileDifference {
  const instead = numberSecrets();
  const [here, there] = [shownText(path, now, instead), shownText(path, then, instead)];
  if ("why" in here) return { path, why: here.why };
  if ("why" in there) return { path, why: there.why };
  if (here.text === there.text) return { path, why: "only in what is not shown of it" };
  if (withoutNumbers(here.text) === withoutNumbers(there.text)) {
    return { path, why: "a secret in it differs" };
  }
  const patch = createTwoFilesPatch(
    `${path} (now)`,
    `${path} (point)`,
    here.text,
    there.text,
    undefined,
    undefined,
    { context: 2, maxEditLength: mostEdits, headerOptions: FILE_HEADERS_ONLY },
  );
  if (patch === undefined) return { path, why: "in too much to show" };
  const lines = diffWithoutNumbers(patch.replace(/\n$/, "").split("\n"));
  const more = lines.length - mostLines;
  if (more <= 0) return { path, diff: lines };
  return {
    path,
    diff: [...lines.slice(0, mostLines), `… ${counted(more, "more line", "more lines")}`],
  };
}
