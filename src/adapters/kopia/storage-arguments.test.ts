import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { secretOf } from "../../domain/secret.ts";
import type { KopiaStorage } from "./settings.ts";
import { storageCall } from "./storage-arguments.ts";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "stackhold-storage-"));
});
afterAll(() => rm(home, { recursive: true }));

const of = (storage: KopiaStorage) => storageCall({ name: "offsite", home, storage });

async function file(name: string, text = "x"): Promise<string> {
  const path = join(home, name);
  await writeFile(path, text);
  return path;
}

describe("the command line of a storage", () => {
  it("a directory", async () => {
    expect(await of({ type: "filesystem", path: "/srv/with blank" })).toEqual({
      args: ["filesystem", "--path=/srv/with blank"],
      environment: {},
    });
  });

  it("Amazon S3, with its keys in the environment", async () => {
    const keys = { access_key: secretOf("AKIA"), secret_key: secretOf("hush") };
    const storage = { type: "s3", bucket: "b", prefix: "p/", region: "r", ...keys } as const;
    expect(await of(storage)).toEqual({
      args: ["s3", "--bucket=b", "--region=r", "--prefix=p/"],
      environment: { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "hush" },
    });
  });

  it("an S3 service with or without TLS, and the role of the machine", async () => {
    const s3 = { type: "s3", bucket: "b" } as const;
    const role = ["--access-key=", "--secret-access-key="];
    expect((await of({ ...s3, endpoint: "http://127.0.0.1:9000" })).args).toEqual([
      "s3",
      "--bucket=b",
      "--endpoint=127.0.0.1:9000",
      "--disable-tls",
      ...role,
    ]);
    expect((await of({ ...s3, endpoint: "https://e.example/" })).args).toEqual([
      "s3",
      "--bucket=b",
      "--endpoint=e.example",
      ...role,
    ]);
  });

  it("an S3 service with an authority of its own, by its content", async () => {
    const ca_file = await file("ca.pem", "one");
    const storage = { type: "s3", bucket: "b", ca_file } as const;
    const first = await of(storage);
    expect(first.args).toContain(`--root-ca-pem-path=${ca_file}`);
    await file("ca.pem", "two");
    expect((await of(storage)).contents).not.toBe(first.contents);
  });

  it("B2", async () => {
    const keys = { key_id: secretOf("id"), key: secretOf("hush") };
    expect(await of({ type: "b2", bucket: "b", prefix: "p", ...keys })).toEqual({
      args: ["b2", "--bucket=b", "--prefix=p"],
      environment: { B2_KEY_ID: "id", B2_KEY: "hush" },
    });
  });

  it("Azure", async () => {
    const storage = { type: "azure", container: "c", account: "a", key: secretOf("hush") } as const;
    expect(await of(storage)).toEqual({
      args: ["azure", "--container=c", "--storage-account=a"],
      environment: { AZURE_STORAGE_KEY: "hush" },
    });
  });

  it("Google Cloud Storage", async () => {
    const credentials_file = await file("account.json");
    expect(await of({ type: "gcs", bucket: "b", prefix: "p/", credentials_file })).toEqual({
      args: ["gcs", "--bucket=b", "--prefix=p/", `--credentials-file=${credentials_file}`],
      environment: {},
    });
  });

  it("SFTP, with its key and the host's", async () => {
    const key_file = await file("key");
    const known_hosts_file = await file("hosts");
    const sftp = { host: "h", port: 2222, user: "u", path: "/p", key_file, known_hosts_file };
    expect(await of({ type: "sftp", ...sftp })).toEqual({
      args: [
        "sftp",
        "--path=/p",
        "--host=h",
        "--port=2222",
        "--username=u",
        `--keyfile=${key_file}`,
        `--known-hosts=${known_hosts_file}`,
      ],
      environment: {},
    });
  });

  it("a tailnet's peer: SFTP", async () => {
    const key_file = await file("key");
    const known_hosts_file = await file("hosts");
    const rest = { port: 22, user: "u", path: "/p", key_file, known_hosts_file };
    const sftp = await of({ type: "sftp", host: "nas", ...rest });
    expect(await of({ type: "tailscale", peer: "nas", ...rest })).toEqual(sftp);
  });

  it("rclone, with its configuration", async () => {
    const config_file = await file("rclone.conf");
    expect(await of({ type: "rclone", remote: "r:p", config_file })).toEqual({
      args: ["rclone", "--remote-path=r:p", `--rclone-args=--config=${config_file}`],
      environment: {},
    });
  });

  it("WebDAV, with its password in the environment", async () => {
    const user = { username: "u", password: secretOf("hush") };
    expect(await of({ type: "webdav", url: "https://w/x", ...user })).toEqual({
      args: ["webdav", "--url=https://w/x", "--webdav-username=u"],
      environment: { KOPIA_WEBDAV_PASSWORD: "hush" },
    });
  });
});

describe("a file that is not there", () => {
  const sftp = { type: "sftp", host: "h", port: 22, user: "u", path: "/p" } as const;

  it.each<[string, KopiaStorage]>([
    ["ca_file", { type: "s3", bucket: "b", ca_file: "/nowhere" }],
    ["credentials_file", { type: "gcs", bucket: "b", credentials_file: "/nowhere" }],
    ["config_file", { type: "rclone", remote: "r:", config_file: "/nowhere" }],
    ["key_file", { ...sftp, key_file: "/nowhere" }],
    ["known_hosts_file", { ...sftp, known_hosts_file: "/nowhere" }],
  ])("is named by its key: %s", async (key, storage) => {
    await expect(of(storage)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining(`\`repositories.offsite.storage.${key}\``),
    });
  });

  it("a key that is not named and that the user does not have", async () => {
    const known_hosts_file = await file("hosts");
    await expect(of({ ...sftp, known_hosts_file })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(/key_file`: it is not set.*id_ed25519/),
    });
  });
});
