import type { Engine } from "../../ports/engine.ts";
import type { JournaledContainer } from "../../ports/journal.ts";

const label = (name: string) => `com.docker.compose.${name}`;

/**
 * The container that Compose made in place of a journaled one, found by project, service and
 * number; for a standalone container the one that has its name now.
 */
export async function replacementOf(
  container: Pick<JournaledContainer, "name" | "project" | "service" | "number">,
  engine: Engine,
): Promise<string | undefined> {
  const present = await engine.containers();
  const match = present.find((candidate) =>
    container.service === undefined
      ? candidate.name === container.name
      : candidate.labels[label("project")] === container.project &&
        candidate.labels[label("service")] === container.service &&
        Number(candidate.labels[label("container-number")] ?? "1") === container.number &&
        candidate.labels[label("oneoff")] !== "True",
  );
  return match?.id;
}
