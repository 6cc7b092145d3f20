import type { Findings } from "../../domain/recipe/gathered.ts";
import { lastingInspection } from "../../domain/recipe/lasting-inspection.ts";
import type { Inspected } from "../../domain/recipe/networks.ts";
import { creationOf } from "../../domain/standalone/creation.ts";
import { namesBehind, referencesOf } from "../../domain/standalone/references.ts";
import type { Engine } from "../../ports/engine.ts";

/** The names of containers that a standalone one calls by ids, which are others after a restore. */
export async function otherContainers(
  inspected: readonly Inspected[],
  engine: Engine,
): Promise<Findings> {
  const references = inspected.flatMap(({ raw }) =>
    referencesOf(creationOf(lastingInspection(raw), { hostName: "" })),
  );
  if (references.length === 0) return {};
  const containers = namesBehind(references, await engine.containers());
  if (Object.keys(containers).length === 0) return {};
  return {
    documents: [{ path: "containers.json", document: { format: 1, containers }, form: "json" }],
  };
}
