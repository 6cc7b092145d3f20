import { z } from "zod";
import { allOrNone, count, path, plainName, required, secret, secretFile, text } from "./values.ts";

const type = <T extends string>(name: T, meaning: string) => z.literal(name).describe(meaning);

const bucket = text().describe("Bucket");
const prefix = text().optional().describe("Put before every object's name");
const user = text().describe("User on the other host");
const remotePath = text().describe("Directory on the other host");
const sshKey = path()
  .optional()
  .describe("Private SSH key without a passphrase; absent: the user's own in `~/.ssh`");
const sshPort = count(1, 65_535).default(22).describe("Port");
const knownHosts = path()
  .optional()
  .describe("File with the host's public keys; absent: `~/.ssh/known_hosts`");

const httpUrl = z.url({ protocol: /^https?$/, error: "not an http:// or https:// address" });
const httpOrigin = httpUrl.refine(isOrigin, "more than http:// or https://, host and port");

/** What is no address at all was said before. */
function isOrigin(value: string): boolean {
  const url = URL.parse(value);
  if (url === null) return true;
  const { pathname, search, hash, username } = url;
  return pathname === "/" && search === "" && hash === "" && username === "";
}

export const storageSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: type("filesystem", "A directory of this machine"),
    path: path().describe("The directory"),
  }),
  z
    .strictObject({
      type: type("s3", "Amazon S3 and everything compatible"),
      bucket,
      prefix,
      endpoint: httpOrigin
        .optional()
        .describe("Address of a compatible service, http:// or https://"),
      region: text().optional().describe("Region"),
      access_key: secret("The access key's id"),
      access_key_file: secretFile("the access key's id"),
      secret_key: secret("The secret access key"),
      secret_key_file: secretFile("the secret access key"),
      ca_file: path()
        .optional()
        .describe("PEM of the authority that signed the endpoint's certificate"),
    })
    .superRefine(allOrNone("access_key", "secret_key")),
  z
    .strictObject({
      type: type("b2", "Backblaze B2"),
      bucket,
      prefix,
      key_id: secret("The application key's id"),
      key_id_file: secretFile("the application key's id"),
      key: secret("The application key"),
      key_file: secretFile("the application key"),
    })
    .superRefine(required("key_id", "key")),
  z
    .strictObject({
      type: type("azure", "Azure Blob Storage"),
      container: text().describe("Container"),
      account: text().describe("Storage account"),
      prefix,
      key: secret("The account's key"),
      key_file: secretFile("the account's key"),
    })
    .superRefine(required("key")),
  z.strictObject({
    type: type("gcs", "Google Cloud Storage"),
    bucket,
    prefix,
    credentials_file: path().optional().describe("JSON file of a service account"),
  }),
  z.strictObject({
    type: type("sftp", "Another host by SSH"),
    host: text().describe("Host name or address"),
    port: sshPort,
    user,
    path: remotePath,
    key_file: sshKey,
    known_hosts_file: knownHosts,
  }),
  z.strictObject({
    type: type("rclone", "Anything that rclone reaches"),
    remote: text().describe("rclone's `remote:path`"),
    config_file: path().optional().describe("rclone's configuration"),
  }),
  z
    .strictObject({
      type: type("webdav", "A WebDAV server"),
      url: httpUrl.describe("Address"),
      username: text().optional().describe("User"),
      password: secret("The user's password"),
      password_file: secretFile("the user's password"),
    })
    .superRefine(allOrNone("username", "password")),
  z.strictObject({
    type: type("tailscale", "A peer of this tailnet, by SSH"),
    peer: plainName("peer").describe("The peer's name"),
    port: sshPort,
    user,
    path: remotePath,
    key_file: sshKey,
    known_hosts_file: knownHosts,
  }),
]);
