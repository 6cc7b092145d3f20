import { z } from "zod";
import { count, path, plainName, secret, secretFile, text } from "./values.ts";

const type = <T extends string>(name: T, meaning: string) => z.literal(name).describe(meaning);

const bucket = text().describe("Bucket");
const prefix = text().optional().describe("Put before every object's name");
const user = text().describe("User on the other host");
const remotePath = text().describe("Directory on the other host");
const sshKey = path().optional().describe("Private SSH key");

const httpUrl = z.url({ protocol: /^https?$/, error: "not an http:// or https:// address" });

export const storageSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: type("filesystem", "A directory of this machine"),
    path: path().describe("The directory"),
  }),
  z.strictObject({
    type: type("s3", "Amazon S3 and everything compatible"),
    bucket,
    prefix,
    endpoint: httpUrl.optional().describe("Address of a compatible service, http:// or https://"),
    region: text().optional().describe("Region"),
    access_key: secret("The access key's id"),
    access_key_file: secretFile("the access key's id"),
    secret_key: secret("The secret access key"),
    secret_key_file: secretFile("the secret access key"),
  }),
  z.strictObject({
    type: type("b2", "Backblaze B2"),
    bucket,
    prefix,
    key_id: secret("The application key's id"),
    key_id_file: secretFile("the application key's id"),
    key: secret("The application key"),
    key_file: secretFile("the application key"),
  }),
  z.strictObject({
    type: type("azure", "Azure Blob Storage"),
    container: text().describe("Container"),
    account: text().describe("Storage account"),
    prefix,
    key: secret("The account's key"),
    key_file: secretFile("the account's key"),
  }),
  z.strictObject({
    type: type("gcs", "Google Cloud Storage"),
    bucket,
    prefix,
    credentials_file: path().optional().describe("JSON file of a service account"),
  }),
  z.strictObject({
    type: type("sftp", "Another host by SSH"),
    host: text().describe("Host name or address"),
    port: count(1, 65_535).default(22).describe("Port"),
    user,
    path: remotePath,
    key_file: sshKey,
    known_hosts_file: path().optional().describe("File with the host's public key"),
  }),
  z.strictObject({
    type: type("rclone", "Anything that rclone reaches"),
    remote: text().describe("rclone's `remote:path`"),
    config_file: path().optional().describe("rclone's configuration"),
  }),
  z.strictObject({
    type: type("webdav", "A WebDAV server"),
    url: httpUrl.describe("Address"),
    username: text().optional().describe("User"),
    password: secret("The user's password"),
    password_file: secretFile("the user's password"),
  }),
  z.strictObject({
    type: type("tailscale", "A peer of this tailnet, by SSH"),
    peer: plainName("peer").describe("The peer's name"),
    user,
    path: remotePath,
    key_file: sshKey,
  }),
]);
