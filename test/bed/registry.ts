import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface TestRegistry extends AsyncDisposable {
  /** `localhost:PORT`: engines take it without TLS. */
  readonly host: string;
  readonly digest: string;
  /** Authorization headers of the requests for manifests. */
  readonly logins: readonly (string | undefined)[];
}

const manifestType = "application/vnd.docker.distribution.manifest.v2+json";
const sha256 = (data: Buffer) => `sha256:${createHash("sha256").update(data).digest("hex")}`;

export interface RegistryOptions {
  readonly password?: string;
  /** The id of an image that the engine has: then it fetches no more than the manifest. */
  readonly imageId?: string;
}

/** A registry that has `REPOSITORY:1`, an image without layers, and nothing else. */
export async function openRegistry(
  repository: string,
  { password, imageId }: RegistryOptions = {},
): Promise<TestRegistry> {
  const config = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: { Labels: { repository } },
      rootfs: { type: "layers", diff_ids: [] },
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: {
        mediaType: "application/vnd.docker.container.image.v1+json",
        size: config.length,
        digest: imageId ?? sha256(config),
      },
      layers: [],
    }),
  );
  const digest = sha256(manifest);
  const logins: (string | undefined)[] = [];
  const base = `/v2/${repository}`;
  const server = createServer((call, answer) => {
    const { url = "", headers, method } = call;
    const login = `Basic ${Buffer.from(`keeper:${password}`).toString("base64")}`;
    const send = (type: string, body: Buffer) => {
      const about = { "content-type": type, "content-length": body.length };
      answer.writeHead(200, { ...about, "docker-content-digest": sha256(body) });
      answer.end(method === "HEAD" ? undefined : body);
    };
    if (password !== undefined && headers.authorization !== login) {
      answer.writeHead(401, { "www-authenticate": 'Basic realm="test"' }).end();
    } else if (url === "/v2/") {
      answer.end("{}");
    } else if (url === `${base}/manifests/1` || url === `${base}/manifests/${digest}`) {
      logins.push(headers.authorization);
      send(manifestType, manifest);
    } else if (url === `${base}/blobs/${sha256(config)}`) {
      send("application/octet-stream", config);
    } else {
      const error = { code: "MANIFEST_UNKNOWN", message: "manifest unknown" };
      answer.writeHead(404, { "content-type": "application/json" });
      answer.end(JSON.stringify({ errors: [error] }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    digest,
    logins,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
