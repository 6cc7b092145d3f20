import { Document, isCollection, isMap, isScalar, isSeq } from "yaml";
import { type Json, redact } from "../domain/recipe/redact.ts";
import { mask } from "../domain/secret.ts";
import { formatDuration } from "./duration.ts";
import type { LoadedConfig } from "./load.ts";
import type { Origin } from "./origins.ts";
import { configSchema } from "./schema/config-schema.ts";
import { isRecord } from "./shape.ts";
import { mapLeaves } from "./walk.ts";

type Loaded = Pick<LoadedConfig, "config" | "file" | "origins">;

export interface ConfigDocument {
  readonly schemaVersion: 1;
  readonly file: string | null;
  readonly config: unknown;
  /** Dotted path → where it comes from. */
  readonly origins: Readonly<Record<string, Pick<Origin, "from" | "variable">>>;
}

/** Effective values as one would write them in the file, secrets masked. */
function printable({ config }: Loaded): unknown {
  const shown = withHooksMasked(
    mapLeaves(configSchema, config, ({ value, facts }) => {
      if (facts.trait === "secret") return value === undefined ? undefined : mask;
      if (facts.trait === "duration" && typeof value === "number") return formatDuration(value);
      return value;
    }),
  );
  return inOrder(shown);
}

/** Arguments of hooks are shown as those of containers are, without what follows a telling name. */
function withHooksMasked(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    key === "hooks" ? redact(item as Json).document : withHooksMasked(item),
  ]);
  return Object.fromEntries(entries);
}

/** In the order of the reference. */
function inOrder(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const keys = Object.keys(configSchema.shape).filter((key) => Object.hasOwn(value, key));
  return Object.fromEntries(keys.map((key) => [key, value[key]]));
}

export function configDocument(loaded: Loaded): ConfigDocument {
  const origins = [...loaded.origins].map(([key, { from, variable }]) => {
    return [key, { from, ...(variable === undefined ? {} : { variable }) }] as const;
  });
  return {
    schemaVersion: 1,
    file: loaded.file ?? null,
    config: printable(loaded),
    origins: Object.fromEntries(origins),
  };
}

/** Lists of scalars in one line. */
function flowLists(node: unknown): void {
  if (isSeq(node) && !node.items.some(isCollection)) node.flow = true;
  else if (isSeq(node)) node.items.forEach(flowLists);
  else if (isMap(node)) for (const pair of node.items) flowLists(pair.value);
}

/** Behind the value; above the key where the value takes several lines. */
function comment(document: Document, { path, from, variable }: Origin): void {
  const text = ` ${variable ?? from}`;
  const node = document.getIn(path, true);
  if (isScalar(node) || (isSeq(node) && node.flow)) node.comment = text;
  const parent = document.getIn(path.slice(0, -1), true);
  if (!isSeq(node) || node.flow || !isMap(parent)) return;
  const key = parent.items.find((pair) => pair.value === node)?.key;
  if (isScalar(key)) key.commentBefore = text;
}

/** YAML of the effective configuration; with `origins`, each value says where it comes from. */
export function renderConfig(loaded: Loaded, options: { readonly origins?: boolean } = {}): string {
  const document = new Document(printable(loaded), { version: "1.2" });
  flowLists(document.contents);
  if (options.origins) {
    for (const origin of loaded.origins.values()) comment(document, origin);
  }
  document.commentBefore = ` ${loaded.file ?? "no configuration file: the defaults"}`;
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
