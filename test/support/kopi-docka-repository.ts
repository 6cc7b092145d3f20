import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { createKopiaClient } from "../../src/adapters/kopia/client.ts";
import type { KopiDockaDeps } from "../../src/adapters/kopia/kopi-docka/deps.ts";
import type { KopiaSettings } from "../../src/adapters/kopia/settings.ts";
import {
  listSnapshots,
  type Snapshot,
  snapshotListSchema,
} from "../../src/adapters/kopia/snapshots.ts";
import { createSystemClock } from "../../src/adapters/system-clock/system-clock.ts";
import { secretOf } from "../../src/domain/secret.ts";
import { createRunner } from "../../src/exec/runner.ts";
import { realCapture } from "../../src/testing/real-archive-repository.ts";
import { installKopia } from "../bed/kopia.ts";

const call = promisify(execFile);
const password = "of a repository that is removed at once";

export type Tags = Readonly<Record<string, string>>;

/** A Kopia repository of a test, filled by kopia itself as Kopi-Docka calls it. */
export interface KopiDockaRepository extends AsyncDisposable {
  readonly path: string;
  readonly password: string;
  /** Empty and private. */
  readonly scratch: string;
  /** What `kopia ARGS` prints, as a user of a host. */
  kopia(args: readonly string[], host?: string): Promise<string>;
  /** As all versions store descriptions, and those since 5.0 store data. */
  snapshot(path: string, tags: Tags, host?: string): Promise<string>;
  /** The same of files that are made for it. */
  describe(files: Readonly<Record<string, string>>, tags: Tags, host?: string): Promise<string>;
  /** As versions before 5.0 store a volume: tar's output as one file of a snapshot. */
  stream(
    directory: string,
    unit: string,
    volume: string,
    tags: Tags,
    host?: string,
  ): Promise<string>;
  /** For what reads the repository. */
  readonly deps: KopiDockaDeps;
  readonly settings: KopiaSettings;
  snapshots(): Promise<Snapshot[]>;
}

const tagFlags = (tags: Tags) =>
  Object.entries(tags).flatMap(([name, value]) => ["--tags", `${name}:${value}`]);

const idIn = (printed: string): string => (JSON.parse(printed) as { id: string }).id;

export async function makeKopiDockaRepository(): Promise<KopiDockaRepository> {
  const program = await installKopia();
  const root = mkdtempSync(join(tmpdir(), "stackhold-kopi-docka-"));
  const path = join(root, "repository");
  const scratch = join(root, "scratch");
  const stateDir = join(root, "state");
  for (const directory of [path, scratch, stateDir]) mkdirSync(directory, { mode: 0o700 });
  const environment = {
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: root,
    KOPIA_PASSWORD: password,
    KOPIA_CHECK_FOR_UPDATES: "false",
  };
  const connected = new Map<string, Promise<string>>();
  const storage = ["filesystem", "--path", path];
  const configOf = (host: string): Promise<string> => {
    const known = connected.get(host);
    if (known !== undefined) return known;
    const config = join(root, `${host}.config`);
    const verb = connected.size === 0 ? "create" : "connect";
    const flags = [
      "--override-hostname",
      host,
      "--override-username",
      "root",
      "--no-persist-credentials",
    ];
    const args = ["repository", verb, ...storage, ...flags, "--config-file", config];
    const made = call(program, args, { env: environment }).then(() => config);
    connected.set(host, made);
    return made;
  };
  const kopia = async (args: readonly string[], host = "web01"): Promise<string> => {
    const config = await configOf(host);
    const options = { env: environment, cwd: root, maxBuffer: 1 << 26 };
    return (await call(program, [...args, "--config-file", config], options)).stdout;
  };
  const snapshot: KopiDockaRepository["snapshot"] = async (source, tags, host) =>
    idIn(await kopia(["snapshot", "create", source, "--json", ...tagFlags(tags)], host));

  const runner = createRunner({
    environment: { PATH: `${dirname(program)}:${environment.PATH}`, HOME: root },
    monotonic: createSystemClock().monotonic,
  });
  await configOf("web01");
  const settings: KopiaSettings = {
    name: "offsite",
    storage: { type: "filesystem", path },
    password: secretOf(password),
    compression: "zstd-fastest",
    encryption: "AES256-GCM-HMAC-SHA256",
    cacheDir: join(root, "cache"),
    stateDir,
    home: root,
  };
  const client = createKopiaClient(settings, { runner, clock: createSystemClock() });
  return {
    path,
    password,
    scratch,
    kopia,
    snapshot,
    describe: async (files, tags, host) => {
      const directory = mkdtempSync(join(root, "described-"));
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(directory, name)), { recursive: true });
        writeFileSync(join(directory, name), content);
      }
      return snapshot(directory, tags, host);
    },
    stream: async (directory, unit, volume, tags, host = "web01") => {
      const config = await configOf(host);
      const flags = ["--numeric-owner", "--xattrs", "--acls", "--one-file-system"];
      const stable = ["--mtime=@0", "--clamp-mtime", "--sort=name"];
      const tar = spawn("tar", ["-cf", "-", ...flags, ...stable, "-C", directory, "."]);
      const source = ["snapshot", "create", "--stdin-file", `volumes/${unit}/${volume}`, "-"];
      const args = [...source, "--json", ...tagFlags(tags), "--config-file", config];
      const storing = call(program, args, { env: environment, cwd: root });
      tar.stdout.pipe(storing.child.stdin as NodeJS.WritableStream);
      return idIn((await storing).stdout);
    },
    settings,
    deps: { repository: "offsite", client, capture: realCapture(), runner, stateDir },
    snapshots: async () => {
      await client.connect({ create: false });
      return client.ask(snapshotListSchema, listSnapshots);
    },
    [Symbol.asyncDispose]: async () => rmSync(root, { recursive: true, force: true }),
  };
}
