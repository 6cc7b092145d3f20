import { createHash } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Secret } from "../../domain/secret.ts";
import { reasonOf, StackholdError } from "../../errors.ts";
import type { KopiaSettings, KopiaStorage } from "./settings.ts";

/**
 * How Kopia is told of a storage, after `repository connect` or `repository create`. Secrets are in
 * the environment or in files that are named, never in the arguments.
 */
export interface StorageCall {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Of files that Kopia copies into its configuration: another content needs another connection. */
  readonly contents?: string;
}

type Of<T extends KopiaStorage["type"]> = Extract<KopiaStorage, { readonly type: T }>;
type Whose = Pick<KopiaSettings, "name" | "home">;
type Arguments = readonly (string | undefined)[];

/** CONFIG_INVALID where a file that is meant is not there. */
export async function storageCall(
  settings: Whose & Pick<KopiaSettings, "storage">,
): Promise<StorageCall> {
  const { storage } = settings;
  switch (storage.type) {
    case "filesystem":
      return call(["filesystem", flag("path", storage.path)]);
    case "s3":
      return s3(settings, storage);
    case "b2":
      return call(["b2", flag("bucket", storage.bucket), flag("prefix", storage.prefix)], {
        B2_KEY_ID: storage.key_id,
        B2_KEY: storage.key,
      });
    case "azure":
      return call(
        [
          "azure",
          flag("container", storage.container),
          flag("storage-account", storage.account),
          flag("prefix", storage.prefix),
        ],
        { AZURE_STORAGE_KEY: storage.key },
      );
    case "gcs":
      return gcs(settings, storage);
    case "sftp":
      return sftp(settings, storage);
    case "tailscale":
      return sftp(settings, { ...storage, host: storage.peer });
    case "rclone":
      return rclone(settings, storage);
    case "webdav":
      return call(["webdav", flag("url", storage.url), flag("webdav-username", storage.username)], {
        KOPIA_WEBDAV_PASSWORD: storage.password,
      });
  }
}

async function s3(whose: Whose, storage: Of<"s3">): Promise<StorageCall> {
  const { access_key, secret_key, ca_file } = storage;
  const endpoint = storage.endpoint === undefined ? undefined : new URL(storage.endpoint);
  const ca = ca_file === undefined ? undefined : await content(whose, "ca_file", ca_file);
  const { args, environment } = call(
    [
      "s3",
      flag("bucket", storage.bucket),
      flag("endpoint", endpoint?.host),
      endpoint?.protocol === "http:" ? "--disable-tls" : undefined,
      flag("region", storage.region),
      flag("prefix", storage.prefix),
      flag("root-ca-pem-path", ca_file),
      // Empty: the machine's own role is asked for credentials.
      ...(access_key === undefined ? ["--access-key=", "--secret-access-key="] : []),
    ],
    { AWS_ACCESS_KEY_ID: access_key, AWS_SECRET_ACCESS_KEY: secret_key },
  );
  return { args, environment, ...(ca === undefined ? {} : { contents: digest(ca) }) };
}

async function gcs(whose: Whose, { bucket, prefix, credentials_file }: Of<"gcs">) {
  await requireFile(whose, "credentials_file", credentials_file);
  const credentials = flag("credentials-file", credentials_file);
  return call(["gcs", flag("bucket", bucket), flag("prefix", prefix), credentials]);
}

async function rclone(whose: Whose, { remote, config_file }: Of<"rclone">) {
  await requireFile(whose, "config_file", config_file);
  const config = config_file === undefined ? undefined : `--config=${config_file}`;
  return call(["rclone", flag("remote-path", remote), flag("rclone-args", config)]);
}

type Sftp = Omit<Of<"sftp">, "type">;

/** Kopia's own SSH client, which trusts and takes nothing but what it is given. */
async function sftp(whose: Whose, storage: Sftp): Promise<StorageCall> {
  const ssh = join(whose.home, ".ssh");
  const knownHosts = storage.known_hosts_file ?? join(ssh, "known_hosts");
  await requireFile(whose, "key_file", storage.key_file);
  await requireFile(whose, "known_hosts_file", knownHosts);
  return call([
    "sftp",
    flag("path", storage.path),
    flag("host", storage.host),
    flag("port", String(storage.port)),
    flag("username", storage.user),
    flag("keyfile", storage.key_file ?? (await usualKey(whose, ssh))),
    flag("known-hosts", knownHosts),
  ]);
}

/** In ssh's own order. */
const usualKeys = ["id_rsa", "id_ecdsa", "id_ed25519"];

async function usualKey(whose: Whose, directory: string): Promise<string> {
  for (const name of usualKeys) {
    const file = join(directory, name);
    if ((await access(file).catch(() => "absent")) === undefined) return file;
  }
  throw notThere(
    whose,
    "key_file",
    `it is not set, and ${directory} has no ${usualKeys.join(", ")}`,
  );
}

async function requireFile(whose: Whose, key: string, file: string | undefined): Promise<void> {
  if (file !== undefined) await content(whose, key, file);
}

async function content(whose: Whose, key: string, file: string): Promise<Buffer> {
  return readFile(file).catch((cause) => {
    throw notThere(whose, key, `${file} cannot be read: ${reasonOf(cause)}`);
  });
}

function notThere({ name }: Whose, key: string, why: string): StackholdError {
  const path = `repositories.${name}.storage.${key}`;
  return new StackholdError("CONFIG_INVALID", `repository ${name}: \`${path}\`: ${why}`, {
    hint: `correct \`${path}\`, see docs/kopia.md`,
  });
}

function call(args: Arguments, secrets: Readonly<Record<string, Secret | undefined>> = {}) {
  const environment = Object.fromEntries(
    Object.entries(secrets).flatMap(([variable, secret]) =>
      secret === undefined ? [] : [[variable, secret.reveal()]],
    ),
  );
  return { args: args.filter((arg) => arg !== undefined), environment };
}

function flag(name: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : `--${name}=${value}`;
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
