import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configPath, filesInMemory, loadText } from "../testing/config-text.ts";
import { loadConfig } from "./load.ts";

const home = "/home/ann";
const env = {};

describe("where the configuration is looked for", () => {
  const etc = "/etc/stackhold/config.yaml";
  const own = "/home/ann/.config/stackhold/config.yaml";
  const all = {
    "/a.yaml": "host: a",
    "/b.yaml": "host: b",
    [etc]: "host: etc",
    [own]: "host: own",
  };
  const from = (input: { path?: string; env?: Record<string, string> }, files: object = all) =>
    loadConfig({ env, home, ...input, files: filesInMemory({ ...files }) });

  it("is --config, then STACKHOLD_CONFIG, then /etc, then the home directory", async () => {
    const variable = { env: { STACKHOLD_CONFIG: "/b.yaml" } };
    expect((await from({ path: "/a.yaml", ...variable })).file).toBe("/a.yaml");
    expect((await from(variable)).config.host).toBe("b");
    expect((await from({ env: { STACKHOLD_CONFIG: "" } })).file).toBe(etc);
    expect((await from({}, { [own]: "host: own" })).config.host).toBe("own");
  });

  it("is nowhere: the defaults hold", async () => {
    const { config, file, warnings } = await from({}, {});
    expect([file, warnings]).toEqual([undefined, []]);
    expect(config.stacks_dir).toBe("/opt/stacks");
  });

  it("fails for a named file that is not there", async () => {
    await expect(from({ path: "/c.yaml" })).rejects.toMatchObject({ code: "CONFIG_UNREADABLE" });
    const named = from({ env: { STACKHOLD_CONFIG: "/c.yaml" } });
    await expect(named).rejects.toMatchObject({ code: "CONFIG_UNREADABLE" });
  });

  it("does not pass over a usual file that cannot be read", async () => {
    const read = async (): Promise<never> => {
      throw Object.assign(new Error("permission denied"), { code: "EACCES" });
    };
    await expect(loadConfig({ env, home, files: { read } })).rejects.toMatchObject({
      code: "CONFIG_UNREADABLE",
      message: expect.stringContaining(etc),
    });
  });
});

describe("what is not said", () => {
  it("has the documented defaults", async () => {
    const { config } = await loadText("");
    expect(config).toMatchObject({
      backup_dir: "/var/backups/stackhold",
      include_data: true,
      retention: { days: 28 },
      log_retention_days: 14,
      backup: { scope: "standard", quiesce: "stop", freeze: "auto", stop_timeout: null },
      recovery: { path: "/var/backups/stackhold-recovery", keep: 3, copies: [] },
      server: { listen: "127.0.0.1:8000" },
    });
    expect(config.backup).toMatchObject({
      start_timeout: 60,
      stay_up: 3,
      max_age: 26 * 3600,
      parallel: "auto",
    });
  });

  it("makes backup_dir the one repository", async () => {
    const { config } = await loadText("backup_dir: points");
    const path = "/srv/backup/points";
    expect(config.repositories).toEqual({
      local: { type: "archive", path, compression: "zstd", level: 3 },
    });
  });

  it("is also what a key without a value says", async () => {
    const { config } = await loadText("skip_stop:\nunits:\n  wordpress:\nhost:\n");
    expect([config.skip_stop, config.units, config.host]).toEqual([[], {}, undefined]);
  });
});

it("takes the web manager's file as it is", async () => {
  const { config, warnings } = await loadText(`
stacks_dir: /opt/stacks
backup_dir: /opt/backups
log_dir: /opt/backup-logs
include_data: true
skip_stop: [traefik]
retention_days: 7
log_retention_days: 14
`);
  expect(warnings).toEqual([]);
  expect(config.retention).toEqual({ days: 7 });
  expect(config.repositories.local).toMatchObject({ path: "/opt/backups" });
});

it("makes paths absolute, relative to the file or the home directory", async () => {
  const { config } = await loadText(`
stacks_dir: ../stacks
extra_stacks: [./one, ~/two, /three]
repositories: {usb: {type: archive, path: usb}}
`);
  expect(config.stacks_dir).toBe("/srv/stacks");
  expect(config.extra_stacks).toEqual(["/srv/backup/one", "/home/ann/two", "/three"]);
  expect(config.repositories.usb).toMatchObject({ path: "/srv/backup/usb" });
});

it("reads YAML 1.2, in which on and off are words", async () => {
  const { config } = await loadText("units: {on: {hooks: {pre_backup: [/opt/hook, on]}}}");
  expect(config.units.on?.hooks?.pre_backup).toEqual(["/opt/hook", "on"]);
});

describe("secrets", () => {
  const kopia = (key: string) =>
    `repositories: {k: {type: kopia, storage: {type: filesystem, path: /k}, ${key}}}`;
  const passwordOf = ({ config }: Awaited<ReturnType<typeof loadText>>) => {
    const { k } = config.repositories;
    return k?.type === "kopia" ? k.password?.reveal() : undefined;
  };

  it("come from the file, without its last newline", async () => {
    const files = { "/srv/backup/pw": "two words \n\n" };
    expect(passwordOf(await loadText(kopia("password_file: pw"), {}, files))).toBe("two words \n");
  });

  it("make a warning in a file that others may read", async () => {
    const file = { text: kopia("password: hunter2"), mode: 0o640 };
    const open = await loadText("", {}, { [configPath]: file });
    expect(open.warnings).toEqual([expect.stringMatching(/repositories\.k\.password.*now 0640/)]);
    const closed = await loadText(file.text);
    expect([closed.warnings, passwordOf(closed)]).toEqual([[], "hunter2"]);
  });

  it("are handed to the scrubber, wherever they come from", async () => {
    const seen: string[] = [];
    const email = "notifications: {email: {server: s, from: f, to: [t]}}";
    await loadConfig({
      path: configPath,
      home,
      env: { STACKHOLD_NOTIFICATIONS_EMAIL_PASSWORD: "from-env" },
      files: filesInMemory({
        [configPath]: `${kopia("password_file: pw")}\n${email}`,
        "/srv/backup/pw": "from-file",
      }),
      registerSecret: (value) => seen.push(value),
    });
    expect(seen.toSorted()).toEqual(["from-env", "from-file"]);
  });

  it("fail when their file is missing or empty, or when they are given twice", async () => {
    await expect(loadText(kopia("password_file: pw"))).rejects.toThrow(
      /there is no file \/srv\/backup\/pw/,
    );
    const empty = loadText(kopia("password_file: pw"), {}, { "/srv/backup/pw": "\n" });
    await expect(empty).rejects.toThrow(/pw is empty/);
    const both = loadText(kopia("password: a, password_file: pw"), {}, { "/srv/backup/pw": "b" });
    await expect(both).rejects.toThrow(/are both given/);
  });
});

describe("on a real disk", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "stackhold-config-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("reads the file with its mode", async () => {
    const path = join(directory, "config.yaml");
    await writeFile(path, "notifications: {channels: [{type: ntfy, token: t}]}");
    await chmod(path, 0o644);
    expect((await loadConfig({ path, env, home })).warnings).toHaveLength(1);
    await chmod(path, 0o600);
    expect((await loadConfig({ path, env, home })).warnings).toEqual([]);
  });

  it("refuses text that is not UTF-8", async () => {
    const path = join(directory, "config.yaml");
    await writeFile(path, Buffer.from([0x68, 0x3a, 0x20, 0xff]));
    await expect(loadConfig({ path, env, home })).rejects.toMatchObject({
      code: "CONFIG_UNREADABLE",
    });
  });
});
