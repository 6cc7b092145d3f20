import { StackholdError } from "../errors.ts";
import { printable } from "./printable.ts";
import { isBelow, parentOf } from "./stored-entry.ts";
import { suggest } from "./suggest.ts";

/** What a person or a listing calls an entry of a part, as latin1 bytes relative to its root. */
export function parsePartPath(text: string, options: { readonly base64: boolean }): string {
  const bytes = Buffer.from(text, options.base64 ? "base64" : "utf8").toString("latin1");
  const steps = bytes.split("/").filter((step) => step !== "" && step !== ".");
  if (steps.includes("..") || bytes.includes("\0")) {
    throw new StackholdError("USAGE", `"${text}" leads out of the part`, {
      hint: "write the path below the part's root, as `files ls` prints it",
    });
  }
  return steps.join("/");
}

/** A name for programs: as text, and as it is where it is no UTF-8. */
export function nameDocument(latin1: string): { readonly text: string; readonly base64?: string } {
  const bytes = Buffer.from(latin1, "latin1");
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes)
    ? { text }
    : { text, base64: bytes.toString("base64") };
}

/** A name for people: what would move a cursor or is no text is written out. */
export function printableName(latin1: string): string {
  const { text, base64 } = nameDocument(latin1);
  const shown =
    base64 === undefined
      ? text
      : latin1.replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  return printable(shown);
}

const mostNames = 2000;

export interface PathSearch {
  /** To be told every name of the part. */
  see(name: string): void;
  readonly isFound: boolean;
  /** A path that is there and was probably meant. */
  suggestion(): string | undefined;
}

/**
 * Looks for one path among names that pass by in any order, and keeps the names beside the first
 * step that is missing, so that one of them can be suggested.
 */
export function searchPath(path: string): PathSearch {
  const steps = path.split("/");
  const beside = new Map<string, Set<string>>();
  for (let depth = 0; depth < steps.length; depth += 1) {
    beside.set(steps.slice(0, depth).join("/"), new Set());
  }
  let isFound = path === "";
  return {
    see(name) {
      isFound ||= name === path || isBelow(name, path);
      const known = name === "" ? undefined : beside.get(parentOf(name));
      if (known !== undefined && known.size < mostNames) known.add(name);
    },
    get isFound() {
      return isFound;
    },
    suggestion() {
      const near = [...beside].findLast(([, names]) => names.size > 0);
      if (near === undefined) return undefined;
      const [parent, names] = near;
      const rest = path.slice(parent === "" ? 0 : parent.length + 1).split("/")[0] ?? "";
      const last = new Map(
        [...names].map((name) => [name.slice(parent === "" ? 0 : parent.length + 1), name]),
      );
      const found = suggest(rest, last.keys());
      return found === undefined ? undefined : last.get(found);
    },
  };
}
