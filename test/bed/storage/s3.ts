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
  /** Another one for the same objects, which does not take the keys of this one. */
  withOtherKeys(): Promise<Server & { readonly port: number }>;
}

export const installVersitygw = (): Promise<string> =>
  installGoProgram({
    name: "versitygw",
    module: "github.com/versity/versitygw",
    package: "github.com/versity/versitygw/cmd/versitygw",
  });

interface S3Options {
  readonly tls?: boolean;
  /** Where the objects shall be files. */
  readonly root?: string;
}

/** With one bucket, empty. */
export async function startS3({ tls = false, root }: S3Options = {}): Promise<S3Server> {
  const program = await installVersitygw();
  const place = await makePlace("s3");
  const [bucket, accessKey, secretKey] = ["backups", "AKTESTACCESS", "s3-secret-key-of-the-test"];
  const data = join(root ?? place.path, "data");
  const directory = join(data, bucket);
  await mkdir(directory, { recursive: true });
  const certificate = tls ? await makeCertificate(place.path, ["127.0.0.1"]) : undefined;
  const secure = certificate && ["--cert", certificate.certFile, "--key", certificate.keyFile];
  const start = async (secret: string) => {
    const port = await freePort();
    const listening = ["--port", `127.0.0.1:${port}`, ...(secure ?? []), "--quiet"];
    const argv = [program, ...listening, "posix", "--nometa", data];
    const keys = { ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secret };
    return { ...(await startServer(argv, port, keys)), port };
  };
  const server = await start(secretKey);
  return {
    ...server,
    endpoint: `${tls ? "https" : "http"}://127.0.0.1:${server.port}`,
    bucket,
    accessKey,
    secretKey,
    directory,
    ...(certificate === undefined ? {} : { caFile: certificate.caFile }),
    withOtherKeys: () => start("another-secret-key-of-the-test"),
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await place[Symbol.asyncDispose]();
    },
  };
}
