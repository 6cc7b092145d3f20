import type { EngineAccess } from "./access.ts";
import { openRegistry } from "./registry.ts";
import { run } from "./run.ts";

/**
 * Has the engine believe that a registry knows the image, as of any that was pulled: it fetches a
 * manifest that names the image's own id, and then nothing more. An image that has a digest keeps it.
 */
export async function giveDigest({ env }: EngineAccess, name: string): Promise<void> {
  const format = "{{.Id}} {{len .RepoDigests}}";
  const { stdout } = await run(["docker", "image", "inspect", "--format", format, name], { env });
  const [imageId = "", digests] = stdout.trim().split(" ");
  if (digests !== "0") return;
  await using registry = await openRegistry(name, { imageId });
  await run(["docker", "pull", "-q", `${registry.host}/${name}@${registry.digest}`], { env });
}
