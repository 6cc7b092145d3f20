import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../../support/free-port.ts";
import { makePlace } from "./place.ts";
import { installRclone } from "./rclone.ts";
import { type Server, startServer } from "./server.ts";

export interface WebdavServer extends Server {
  readonly url: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** Empty. */
  readonly directory: string;
}

export async function startWebdav(): Promise<WebdavServer> {
  const rclone = await installRclone();
  const place = await makePlace("webdav");
  const directory = join(place.path, "data");
  await mkdir(directory);
  const port = await freePort();
  const [username, password] = ["keeper", "webdav-password-of-the-test"];
  const argv = [rclone, "serve", "webdav", directory, "--addr", `127.0.0.1:${port}`];
  const config = { RCLONE_CONFIG: join(place.path, "rclone.conf") };
  const server = await startServer(argv, port, {
    ...config,
    RCLONE_USER: username,
    RCLONE_PASS: password,
  });
  return {
    ...server,
    url: `http://127.0.0.1:${port}`,
    port,
    username,
    password,
    directory,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await place[Symbol.asyncDispose]();
    },
  };
}
