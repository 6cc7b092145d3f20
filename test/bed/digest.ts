import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { EngineAccess } from "./access.ts";
import { run } from "./run.ts";

const manifestType = "application/vnd.docker.distribution.manifest.v2+json";
const sha256 = (data: Buffer) => `sha256:${createHash("sha256").update(data).digest("hex")}`;

/**
 * Has the engine believe that a registry knows the image, as of any that was pulled: it fetches a
 * manifest that names the image's own id, and then nothing more. An image that has a digest keeps it.
 */
export async function giveDigest({ env }: EngineAccess, name: string): Promise<void> {
  const format = "{{.Id}} {{len .RepoDigests}}";
  const { stdout } = await run(["docker", "image", "inspect", "--format", format, name], { env });
  const [id = "", digests] = stdout.trim().split(" ");
  if (digests !== "0") return;
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: {
        mediaType: "application/vnd.docker.container.image.v1+json",
        size: 1,
        digest: id,
      },
      layers: [],
    }),
  );
  const server = createServer(({ method }, answer) => {
    const about = { "content-type": manifestType, "content-length": manifest.length };
    answer.writeHead(200, { ...about, "docker-content-digest": sha256(manifest) });
    answer.end(method === "HEAD" ? undefined : manifest);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const reference = `localhost:${port}/${name}@${sha256(manifest)}`;
    await run(["docker", "pull", "-q", reference], { env });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
