import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KopiaStorage } from "../../src/adapters/kopia/settings.ts";
import { secretOf } from "../../src/domain/secret.ts";
import { orSkip } from "../bed/required.ts";
import { run } from "../bed/run.ts";
import { installRclone } from "../bed/storage/rclone.ts";
import { installVersitygw, startS3 } from "../bed/storage/s3.ts";
import { installSshd, startSftp } from "../bed/storage/sftp.ts";
import { startWebdav } from "../bed/storage/webdav.ts";
import { type TcpProxy, tcpProxy } from "./tcp-proxy.ts";

/** A storage as the configuration has it, where nothing lies yet. */
export interface FreshStorage {
  readonly keys: Readonly<Record<string, string | number>>;
  /** Where its blobs are files. */
  readonly directory: string;
}

/** A server that keeps repositories, behind a line that can break. */
export interface StorageServer extends AsyncDisposable {
  readonly line: TcpProxy;
  /** What nobody may see of whoever uses it. */
  readonly secrets: readonly string[];
  fresh(): Promise<FreshStorage>;
  /** From now on it refuses the credentials, until what is given back is disposed of. */
  readonly revoke?: () => Promise<AsyncDisposable>;
}

/** `root`: where its objects shall be files. */
export async function s3(root?: string): Promise<StorageServer> {
  const server = await startS3(root === undefined ? {} : { root });
  const { bucket, accessKey, secretKey } = server;
  const behind = await behindLine(server, [secretKey], async (line, name) => ({
    keys: {
      ...{ type: "s3", bucket, region: "us-east-1", prefix: `${name}/` },
      endpoint: `http://127.0.0.1:${line.port}`,
      ...{ access_key: accessKey, secret_key: secretKey },
    },
    directory: join(server.directory, name),
  }));
  const revoke = async () => {
    const other = await server.withOtherKeys();
    behind.line.leadTo(other.port);
    return {
      async [Symbol.asyncDispose]() {
        behind.line.leadTo(server.port);
        await other.stop();
      },
    };
  };
  return { ...behind, revoke };
}

async function sftp(): Promise<StorageServer> {
  const server = await startSftp();
  // A line of its own, past what all keys begin with.
  const secret = (await readFile(server.keyFile, "utf8")).split("\n")[4];
  const behind = await behindLine(
    server,
    secret === undefined ? [] : [secret],
    async (line, name) => {
      const path = await made(server.directory, name);
      const pinned = await readFile(server.knownHostsFile, "utf8");
      const known_hosts_file = `${server.knownHostsFile}-${line.port}`;
      await writeFile(known_hosts_file, pinned.replaceAll(`:${server.port}`, `:${line.port}`));
      const { host, user, keyFile: key_file } = server;
      return {
        keys: { type: "sftp", host, port: line.port, user, path, key_file, known_hosts_file },
        directory: path,
      };
    },
  );
  const revoke = async () => {
    const authorized = await readFile(server.authorizedFile);
    await writeFile(server.authorizedFile, "");
    // Who is in stays in.
    behind.line.cut();
    return {
      [Symbol.asyncDispose]: () => writeFile(server.authorizedFile, authorized),
    };
  };
  return { ...behind, revoke };
}

async function webdav(): Promise<StorageServer> {
  const server = await startWebdav();
  const { username, password } = server;
  return behindLine(server, [password], async (line, name) => ({
    directory: await made(server.directory, name),
    keys: { type: "webdav", url: `http://127.0.0.1:${line.port}/${name}`, username, password },
  }));
}

/** A remote of rclone's that asks a WebDAV server, with a password in its own configuration. */
async function rclone(): Promise<StorageServer> {
  const server = await startWebdav();
  const { username, password } = server;
  const obscured = (await run(["rclone", "obscure", "-"], { input: password })).stdout.trim();
  return behindLine(server, [password, obscured], async (line, name) => {
    const directory = await made(server.directory, name);
    const config_file = join(server.directory, "..", `rclone-${name}.conf`);
    const url = `http://127.0.0.1:${line.port}`;
    const access = `user = ${username}\npass = ${obscured}\n`;
    const config = `[keep]\ntype = webdav\nvendor = other\nurl = ${url}\n${access}`;
    await writeFile(config_file, config, { mode: 0o600 });
    return { keys: { type: "rclone", remote: `keep:${name}`, config_file }, directory };
  });
}

async function made(directory: string, name: string): Promise<string> {
  await mkdir(join(directory, name));
  return join(directory, name);
}

async function behindLine(
  server: AsyncDisposable & { readonly port: number },
  secrets: readonly string[],
  make: (line: TcpProxy, name: string) => Promise<FreshStorage>,
): Promise<StorageServer> {
  const line = await tcpProxy(server.port);
  let count = 0;
  return {
    ...{ line, secrets },
    fresh: () => {
      count += 1;
      return make(line, `repository${count}`);
    },
    async [Symbol.asyncDispose]() {
      await line[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

const hasS3 = (await orSkip(["versitygw"], installVersitygw)) !== undefined;
const hasSshd = (await orSkip(["sftp"], installSshd)) !== undefined;
const hasRclone = (await orSkip(["rclone"], installRclone)) !== undefined;

const starts = { S3: () => s3(), SFTP: sftp, WebDAV: webdav, rclone } as const;
const isHere = { S3: hasS3, SFTP: hasSshd, WebDAV: hasRclone, rclone: hasRclone } as const;

export type StorageName = keyof typeof starts;

export const startStorage = (name: StorageName): Promise<StorageServer> => starts[name]();

/** Those of these whose servers can be had; the others are skipped where STACKHOLD_REQUIRE allows that. */
export function storagesHere(
  names: readonly StorageName[] = Object.keys(starts) as StorageName[],
): StorageName[] {
  return names.filter((name) => isHere[name]);
}

const secretKeys = ["access_key", "secret_key", "password"];

/** As the adapter gets it. */
export function storageOf({ keys }: FreshStorage): KopiaStorage {
  const entries = Object.entries(keys).map(([key, value]) => [
    key,
    secretKeys.includes(key) ? secretOf(String(value)) : value,
  ]);
  return Object.fromEntries(entries) as KopiaStorage;
}
