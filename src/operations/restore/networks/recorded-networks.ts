import { automaticSubnets } from "../../../domain/networks/automatic.ts";
import type { NetworkDefinition } from "../../../domain/networks/definition.ts";
import { type RecordedNetwork, recordedNetworks } from "../../../domain/networks/recorded.ts";
import { isErrorCode, messageOf } from "../../../errors.ts";
import type { PointReader } from "../../../ports/repository.ts";
import type { Context } from "../../context.ts";
import { readDocument, readStored } from "../point-documents.ts";

export interface NetworksOfPoint {
  readonly recorded: readonly RecordedNetwork[];
  readonly isAutomatic: (definition: NetworkDefinition) => boolean;
  /** Where the point has them, but they cannot be read: data comes before them. */
  readonly warnings: readonly string[];
}

/** What a point tells of its networks; nothing in scope minimal. */
export async function networksOf(
  reader: PointReader,
  context: Pick<Context, "signal">,
): Promise<NetworksOfPoint> {
  const none = { recorded: [], isAutomatic: () => false };
  try {
    const document = await readDocument(reader, "networks", "networks.json", context);
    if (document === undefined) return { ...none, warnings: [] };
    const resolved = await readStored(reader, "recipe", "config.resolved.yaml", context);
    return {
      recorded: recordedNetworks(document),
      isAutomatic: automaticSubnets(resolved, reader.manifest.stack?.project),
      warnings: [],
    };
  } catch (error) {
    context.signal.throwIfAborted();
    if (isErrorCode(error, "CANCELLED")) throw error;
    const why = messageOf(error);
    return {
      ...none,
      warnings: [`what the point tells of its networks cannot be read, so they are left: ${why}`],
    };
  }
}
