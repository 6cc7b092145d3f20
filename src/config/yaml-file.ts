import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from "yaml";
import { messageOf } from "../errors.ts";
import type { Place, Problem } from "./problems.ts";
import type { Key } from "./shape.ts";

/** A parsed file: its value, and where in the text a key stands. */
export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Of the key, or of the nearest one above that is there. */
  readonly placeOf: (path: readonly Key[]) => Place;
}

const say: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "this key is given twice",
  MULTIPLE_DOCS: "more than one document in the file",
};

function step(node: unknown, key: Key): { at: unknown; node: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((p): p is Pair => isPair(p) && keyOf(p) === String(key));
    return pair === undefined ? undefined : { at: pair.key, node: pair.value };
  }
  if (!isSeq(node) || typeof key !== "number") return undefined;
  const item = node.items[key];
  return item === undefined ? undefined : { at: item, node: item };
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function offsetOf(node: unknown): number | undefined {
  return (node as Partial<Node> | null)?.range?.[0];
}

/** YAML 1.2, its core schema: `on`, `off`, `yes` and `no` are words. */
export function readYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: "1.2", lineCounter: lines, prettyErrors: false });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const placeOf = (path: readonly Key[]): Place => {
    let node: unknown = document.contents;
    let offset = offsetOf(node) ?? 0;
    for (const key of path) {
      const next = step(node, key);
      if (next === undefined) break;
      offset = offsetOf(next.at) ?? offset;
      node = next.node;
    }
    return place(offset);
  };
  const problems = [...document.errors, ...document.warnings].map((error) => ({
    message: say[error.code] ?? error.message,
    place: place(error.pos[0]),
  }));
  if (problems.length > 0) return { file, value: {}, problems, placeOf };
  return { file, placeOf, ...plain(document, placeOf) };
}

function plain(
  document: { toJS(): unknown },
  placeOf: (path: readonly Key[]) => Place,
): Pick<YamlFile, "value" | "problems"> {
  try {
    return { value: document.toJS() ?? {}, problems: [] };
  } catch (error) {
    // An alias without anchor, or one that would grow beyond measure.
    const message = messageOf(error);
    return { value: {}, problems: [{ message, place: placeOf([]) }] };
  }
}
