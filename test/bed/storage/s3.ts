import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../../support/free-port.ts";
import { installGoProgram } from "../go-program.ts";
import { makeCertificate } from "./certificate.ts";
import { makePlace } from "./place.ts";
import { type Server, startServer } from "./server.ts";

export interface S3Server extends Server {
  /** With its scheme. */
  readonly endpoint: string;
  readonly port: number;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Where the bucket's objects are files. */
  readonly directory: string;
  /** With TLS: who signed its certificate. */
  readonly caFile?: string;
}

export const installVersitygw = (): Promise<string> =>
  installGoProgram({
    name: "versitygw",
    module: "github.com/versity/versitygw",
    package: "github.com/versity/versitygw/cmd/versitygw",
  });

/** With one bucket, empty. */
export async function startS3({ tls = false } = {}): Promise<S3Server> {
  const program = await installVersitygw();
  const place = await makePlace("s3");
  const [bucket, accessKey, secretKey] = ["backups", "AKTESTACCESS", "s3-secret-key-of-the-test"];
  const data = join(place.path, "data");
  const directory = join(data, bucket);
  await mkdir(directory, { recursive: true });
  const port = await freePort();
  const certificate = tls ? await makeCertificate(place.path, ["127.0.0.1"]) : undefined;
  const secure = certificate && ["--cert", certificate.certFile, "--key", certificate.keyFile];
  const server = await startServer(
    [
      program,
      "--port",
      `127.0.0.1:${port}`,
      ...(secure ?? []),
      "--quiet",
      "posix",
      "--nometa",
      data,
    ],
    port,
    { ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey },
  );
  return {
    ...server,
    endpoint: `${tls ? "https" : "http"}://127.0.0.1:${port}`,
    port,
    bucket,
    accessKey,
    secretKey,
    directory,
    ...(certificate === undefined ? {} : { caFile: certificate.caFile }),
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await place[Symbol.asyncDispose]();
    },
  };
}
