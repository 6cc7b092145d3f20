import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { KopiaStorage } from "../../../src/adapters/kopia/settings.ts";
import { storageCall } from "../../../src/adapters/kopia/storage-arguments.ts";
import { secretOf } from "../../../src/domain/secret.ts";
import { run } from "../../bed/run.ts";
import { describeWithKopia, kopiaHome, kopiaProgram } from "../../support/kopia.ts";

const hush = secretOf("hush");

/** With every key, so that every flag is there. */
const storages = (file: string): KopiaStorage[] => {
  const ssh = { port: 22, user: "u", path: "/p", key_file: file, known_hosts_file: file };
  return [
    { type: "filesystem", path: "/p" },
    {
      ...{ type: "s3", bucket: "b", prefix: "p/", endpoint: "http://e", region: "r" },
      ...{ access_key: hush, secret_key: hush, ca_file: file },
    },
    { type: "s3", bucket: "b" },
    { type: "b2", bucket: "b", prefix: "p", key_id: hush, key: hush },
    { type: "azure", container: "c", account: "a", prefix: "p", key: hush },
    { type: "gcs", bucket: "b", prefix: "p", credentials_file: file },
    { type: "sftp", host: "h", ...ssh },
    { type: "tailscale", peer: "h", ...ssh },
    { type: "rclone", remote: "r:p", config_file: file },
    { type: "webdav", url: "http://w", username: "u", password: hush },
  ];
};

/** Every flag and variable that Kopia's help names for a command. */
async function known(
  ...command: string[]
): Promise<{ flags: Set<string>; variables: Set<string> }> {
  const { stdout, stderr } = await run([kopiaProgram, "help", ...command]);
  const text = stdout + stderr;
  const all = (pattern: RegExp) =>
    new Set([...text.matchAll(pattern)].map(([, name = ""]) => name));
  return { flags: all(/--(?:\[no-\])?([a-z0-9-]+)/g), variables: all(/\(\$([A-Z0-9_]+)\)/g) };
}

describeWithKopia("the command line of a storage", () => {
  it("has only flags and variables that Kopia has for it, to create and to connect", async () => {
    await using home = await kopiaHome();
    const file = join(home.root, "file");
    await writeFile(file, "x");
    for (const storage of storages(file)) {
      const { args, environment } = await storageCall(home.settings(storage));
      const [type = "", ...flags] = args;
      for (const verb of ["create", "connect"]) {
        const help = await known("repository", verb, type);
        const names = flags.map((flag) => flag.replace(/^--([^=]*).*$/, "$1"));
        expect([type, names.filter((name) => !help.flags.has(name))]).toEqual([type, []]);
        const variables = Object.keys(environment);
        expect([type, variables.filter((name) => !help.variables.has(name))]).toEqual([type, []]);
      }
      expect(args.join(" ")).not.toContain("hush");
    }
  });
});
