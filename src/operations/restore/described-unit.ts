import type { PartKind } from "../../domain/part.ts";
import type { ScriptSource } from "../../domain/restore-script/source.ts";
import type { PointReader } from "../../ports/repository.ts";
import type { Context } from "../context.ts";
import { inspectionPath } from "../recipe/engine-documents.ts";
import { readStored } from "./point-documents.ts";

type Described = Pick<ScriptSource, "networks" | "inspections">;

/** A document of the recipe; undefined where the point has none that can be read. */
async function documentIn(
  reader: PointReader,
  kind: PartKind,
  path: string,
  { signal }: Pick<Context, "signal">,
): Promise<unknown> {
  try {
    const text = await readStored(reader, kind, path, { signal });
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    signal.throwIfAborted();
    // A hint that is lost is no reason to lose the data.
    return undefined;
  }
}

/** What the point says of networks and containers, secrets left out. */
export async function describedUnit(
  reader: PointReader,
  context: Pick<Context, "signal">,
): Promise<Described> {
  const networks = await documentIn(reader, "networks", "networks.json", context);
  const inspections = new Map<string, unknown>();
  const { stack, members } = reader.manifest;
  const isComposed = stack !== undefined && stack.composeFiles.length > 0;
  for (const { name } of isComposed ? [] : members) {
    const document = await documentIn(reader, "recipe", inspectionPath(name), context);
    if (document !== undefined) inspections.set(name, document);
  }
  return { networks: Array.isArray(networks) ? networks : [], inspections };
}
