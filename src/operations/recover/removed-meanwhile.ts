import { isErrorCode } from "../../errors.ts";
import type { Engine } from "../../ports/engine.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import type { StartFailure } from "../outage/start-containers.ts";

const projectLabel = "com.docker.compose.project";

/**
 * Of what did not start, the names that somebody removed: gone, and with them all of their project.
 * Where others of the project are still there, and where the run itself took the containers away,
 * somebody has to look. An engine without any image has lost its data, not these containers.
 */
export async function removedMeanwhile(
  failed: readonly StartFailure[],
  { containers, compose }: JournalEntry,
  engine: Engine,
): Promise<string[]> {
  const gone = failed.filter(({ error }) => isErrorCode(error, "CONTAINER_MISSING"));
  if (gone.length === 0 || compose !== undefined) return [];
  if ((await engine.images()).length === 0) return [];
  const present = await engine.containers();
  const names = new Set(present.map(({ name }) => name));
  const projects = new Set(present.map(({ labels }) => labels[projectLabel]));
  const isRemoved = (wanted: string) =>
    containers
      .filter(({ name }) => name === wanted)
      .every(({ name, project }) =>
        project === undefined ? !names.has(name) : !projects.has(project),
      );
  return gone.map(({ name }) => name).filter(isRemoved);
}
