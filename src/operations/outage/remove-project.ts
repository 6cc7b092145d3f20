import { composeProjectOf } from "../../domain/discovery/compose-labels.ts";
import { isErrorCode } from "../../errors.ts";
import type { Engine } from "../../ports/engine.ts";

const projectLabel = "com.docker.compose.project";

/** It is thrown away, so nothing in it is worth waiting for. */
const stopSeconds = 0;

async function removeContainer(id: string, engine: Engine): Promise<void> {
  try {
    await engine.stop(id, stopSeconds);
    await engine.remove(id);
  } catch (error) {
    if (!isErrorCode(error, "CONTAINER_MISSING")) throw error;
  }
}

/** Everything that carries a Compose project's label: containers, volumes, networks. */
export async function removeProject(project: string, engine: Engine): Promise<void> {
  const containers = await engine.containers();
  const own = containers.filter(({ labels }) => composeProjectOf(labels) === project);
  for (const { id } of own) await removeContainer(id, engine);
  for (const { name, labels } of await engine.volumes()) {
    if (labels[projectLabel] === project) await engine.removeVolume(name);
  }
  for (const { id, labels } of await engine.networks()) {
    if (labels[projectLabel] === project) await engine.removeNetwork(id);
  }
}
